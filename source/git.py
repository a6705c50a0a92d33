"""How git is called: never asking, never steered by the environment it is called from."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from source.archive import SourceError


def run(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Runs git to its end, whatever its exit code; it never waits for a password."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}
    place = [] if folder is None else ["-C", str(folder)]
    try:
        return subprocess.run(
            ["git", *place, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise SourceError("slipway:appSource needs git, which is not installed; install git.") from error


def complaint(result: subprocess.CompletedProcess[bytes]) -> str:
    """The line in which git says what went wrong."""
    lines = result.stderr.decode(errors="replace").strip().splitlines()
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:"))]
    return (telling or lines or ["no reason given"])[0].strip()
