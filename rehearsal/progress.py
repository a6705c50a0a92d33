"""What somebody who waits is told: lasting lines, and one line that changes while a long step runs."""

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

# Seconds between two signs of life: on a terminal the line is rewritten, in a log each one is a line of its own.
TERMINAL_INTERVAL = 1.0
LOG_INTERVAL = 5.0


class Progress:
    """Writes progress to standard error, so that standard output stays for results."""

    def __init__(self, stream: TextIO | None = None, interval: float | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._interval = interval or (TERMINAL_INTERVAL if self._terminal else LOG_INTERVAL)
        self._lock = threading.Lock()

    def __call__(self, text: str) -> None:
        """One line that stays."""
        self._write(f"\r\x1b[K{text}\n" if self._terminal else f"{text}\n")

    @contextmanager
    def during(self, describe: Callable[[], str]) -> Iterator[None]:
        """While the body runs, say every few seconds what `describe` says, and the seconds it has taken so far."""
        began = time.monotonic()
        ended = threading.Event()

        def tick() -> None:
            while not ended.wait(self._interval):
                text = f"{describe()} ({time.monotonic() - began:.0f} s)"
                self._write(f"\r\x1b[K{text[: _width()]}" if self._terminal else f"{text}\n")

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        try:
            yield
        finally:
            ended.set()
            ticker.join()
            if self._terminal:
                self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        with self._lock:
            self._stream.write(text)
            self._stream.flush()


def _width() -> int:
    """A longer line would wrap, and could not be rewritten."""
    return shutil.get_terminal_size().columns - 1
