"""Ctrl-C: a sentence instead of a traceback, and while the engine works its own orderly end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C. Not a KeyboardInterrupt: typer would end the command without a word."""


def _raise(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def listen() -> None:
    """From now on Ctrl-C raises Interrupted."""
    signal.signal(signal.SIGINT, _raise)


@contextmanager
def patience() -> Iterator[list[int]]:
    """Ctrl-C is only noted: a terminal sends it to the engine, too.

    At the first one the engine stops after the steps it is at, at the second one at once; a third one is for us.
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if len(noted) == 2:
            raise Interrupted
        noted.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)
