"""Where everything is kept that is made once and serves every rehearsal of a user."""

import os
from pathlib import Path


def folder(user_home: Path | None = None) -> Path:
    """Below XDG_CACHE_HOME, or below `.cache` in the user's home."""
    return Path(os.environ.get("XDG_CACHE_HOME") or (user_home or Path.home()) / ".cache") / "slipway"
