"""The sessions that Systems Manager began with machines: SSH that passes no port, and is counted all the same."""

import time
from pathlib import Path

NOTES = Path("reported", "sessions")


def note(folder: Path, instance: str) -> None:
    path = folder / NOTES
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as sink:
        sink.write(f"{time.time():.3f} {instance}\n")


def count(folder: Path) -> int:
    """How many there were since the rehearsal exists."""
    path = folder / NOTES
    return len(path.read_text().splitlines()) if path.exists() else 0
