"""How a process that runs project code tells the host what came of it: one JSON object on a descriptor."""

from __future__ import annotations

import json
import os
from typing import Any


def note(descriptor: int, **known: Any) -> None:
    """Tells, in a line before the outcome, what holds should there never be one."""
    os.write(descriptor, (json.dumps(known) + "\n").encode())
    os.fsync(descriptor)


def send(descriptor: int, **outcome: Any) -> None:
    """Called once, last: the project's own output goes elsewhere."""
    with os.fdopen(descriptor, "w", encoding="utf-8") as pipe:
        json.dump(outcome, pipe)


def sentence(failure: BaseException) -> str:
    """An exception in one line, as Python itself would name it."""
    return " ".join(f"{type(failure).__name__}: {failure}".split())[:600]
