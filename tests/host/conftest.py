"""The host package is not installed anywhere: the tests import it from its folder, as its launcher does."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "host"))


@pytest.fixture
def root() -> Iterator[Path]:
    """A host's file system. Not tmp_path: only its owner could enter that, and the app is somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="slipway-host-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def uv() -> Path:
    """The uv of the development environment."""
    found = Path(sys.executable).with_name("uv")
    if not found.exists():
        pytest.skip("uv is not in this environment: install requirements-dev.txt")
    return found


@pytest.fixture(scope="session")
def app_user() -> str | None:
    """Somebody else than root to run project code as; None where the tests are not root themselves."""
    return "www-data" if os.geteuid() == 0 else None
