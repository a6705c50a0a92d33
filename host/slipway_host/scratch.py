"""A home for code of the project while it is built and checked: many a package writes to $HOME when it is loaded."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def home(user: str | None) -> Iterator[Path]:
    """An empty folder of the user's, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="slipway-home-", ignore_cleanup_errors=True) as folder:
        if user:
            shutil.chown(folder, user)
        yield Path(folder)
