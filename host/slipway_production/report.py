"""How a process that runs project code tells the host what came of it: one JSON object on a descriptor."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any, NoReturn


def note(descriptor: int, **known: Any) -> None:
    """Tells, in a line before the outcome, what holds should there never be one."""
    os.write(descriptor, (json.dumps(known) + "\n").encode())
    os.fsync(descriptor)


def send(descriptor: int, **outcome: Any) -> None:
    """Called once, last: the project's own output goes elsewhere."""
    with os.fdopen(descriptor, "w", encoding="utf-8") as pipe:
        json.dump(outcome, pipe)


def end(descriptor: int, **outcome: Any) -> NoReturn:
    """Sends the outcome, and ends the process at once: a thread that the project has started would keep it for ever."""
    send(descriptor, **outcome)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(1 if outcome.get("failed") else 0)


def sentence(failure: BaseException) -> str:
    """An exception in one line, as Python itself would name it. The host cuts it short once no secret is in it."""
    return " ".join(f"{type(failure).__name__}: {failure}".split())
