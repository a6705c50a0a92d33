"""Output that may lose its reader: after a Ctrl-C at the other end of an SSH connection the work goes on."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TextIO


class Heedless(io.StringIO):
    """A stream that drops what nobody hears; otherwise a print in the middle of a switch would end it there."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.stream = stream

    def write(self, text: str) -> int:
        with suppress(BrokenPipeError):
            self.stream.write(text)
            self.stream.flush()
        return len(text)

    def isatty(self) -> bool:
        return self.stream.isatty()
