"""Runs other programs: the only place that starts processes."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cli.errors import Failure

Process = subprocess.Popen[str]


@contextmanager
def started(
    command: Sequence[str], end: Callable[[Process], None] = Process.terminate, **options: Any
) -> Iterator[Process]:
    """A program in text mode, waited for at the end; `end` ends one that still runs when something goes wrong."""
    try:
        process = subprocess.Popen(command, text=True, **options)
    except FileNotFoundError:
        raise Failure(f"The command {command[0]} is not on PATH: install it.") from None
    with process:
        try:
            yield process
        except BaseException:
            end(process)
            raise
