"""Python environments of their own, for tools whose dependencies do not go with the program's."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal import registry
from tests.unit.running import ROOT

SECONDS = 600


def python_of(tool: str) -> Path:
    """The Python of policies/TOOL/.venv, made anew where its requirements.txt has changed; skips where it cannot."""
    folder = ROOT / "policies" / tool
    requirements, environment = folder / "requirements.txt", folder / ".venv"
    stamp = f"{folder} {sys.version} {hashlib.sha256(requirements.read_bytes()).hexdigest()}"
    complete, python = environment / "complete", environment / "bin" / "python"
    with (folder / "requirements.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if complete.exists() and complete.read_text() == stamp:
            return python
        shutil.rmtree(environment, ignore_errors=True)
        _uv("venv", "--python", sys.executable, str(environment))
        _uv("pip", "sync", "--python", str(python), "--require-hashes", str(requirements))
        complete.write_text(stamp)
    return python


def _uv(*arguments: str) -> None:
    command = [sys.executable, "-m", "uv", *arguments, "--quiet"]
    done = subprocess.run(command, env=registry.environment(), capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        pytest.skip(f"{' '.join(arguments[:2])} failed: {done.stderr.strip()[-400:]}")
