"""A machine for tests: a PATH of its own, on which only what a test puts there is found."""

import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Its PATH, and what was said on it."""

    path: Path
    said: io.StringIO
    progress: Progress

    def has(self, command: str, text: str = "#!/bin/sh\n") -> Path:
        """Put a command on PATH."""
        return script(self.path / command, text)

    def calls(self, command: str) -> list[str]:
        """The arguments of each call of a fake that notes them."""
        log = self.path / f"{command}.calls"
        return log.read_text().splitlines() if log.exists() else []


def script(path: Path, text: str) -> Path:
    """Write an executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *tools: str) -> Machine:
    """A machine with nothing but the named tools."""
    path = tmp_path / "bin"
    path.mkdir()
    for tool in tools:
        (path / tool).symlink_to(shutil.which(tool) or "")
    monkeypatch.setenv("PATH", str(path))
    said = io.StringIO()
    return Machine(path=path, said=said, progress=Progress(said, interval=0.05))
