"""One slipway-host at a time, and the name of the one that is at work."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slipway_host.errors import Failure


@contextmanager
def held(path: Path, what: str, patience: float = 60) -> Iterator[None]:
    """Holds the lock while the body runs; waits `patience` seconds for another holder, then names it.

    The kernel lets go of it when the process ends, however it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        take(descriptor, patience)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{what} (process {os.getpid()}, since {time.strftime('%H:%M:%S')})".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def take(descriptor: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 200, 0).decode(errors="replace")
                sentence = f"Another slipway-host is at work on this host: {holder}. Run this again when it has ended."
                raise Failure(sentence) from None
            time.sleep(0.1)


def holder(path: Path) -> str | None:
    """Who is at work, None where nobody is."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return os.pread(descriptor, 200, 0).decode(errors="replace")
    finally:
        os.close(descriptor)
