"""Runs other programs: the only place that starts processes."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cli.errors import Failure


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program in text mode, waited for at the end; one that still runs when something goes wrong is ended."""
    try:
        process = subprocess.Popen(command, text=True, **options)
    except FileNotFoundError:
        raise Failure(f"The command {command[0]} is not on PATH: install it.") from None
    with process:
        try:
            yield process
        except BaseException:
            process.terminate()
            raise
