"""Finds in what a process wrote that it was ended for taking too long, and where it was. Pure."""

from __future__ import annotations

import re

# Python's faulthandler, as `slipway_production.loading` sets it to work; and systemd, of a unit that is not READY.
ENDED = re.compile(r"^Timeout \(\d+:\d\d:\d\d|start operation timed out", re.MULTILINE)
FRAME = re.compile(r'^  File "([^"]+)", line (\d+) in ', re.MULTILINE)
PROJECT = re.compile(r".*/src/")


def sentence(output: str) -> str | None:
    """The end of a sentence about a process that did not get ready; None where it was something else."""
    if not ENDED.search(output):
        return None
    where = place(output)
    return "it did not get ready in time" + (f": it hung at {where}" if where else "")


def place(output: str) -> str | None:
    """The innermost line of the project's own in the main thread, which is told last; else of anybody's."""
    frames = FRAME.findall(output.rpartition("(most recent call first)")[2])
    own = [(PROJECT.sub("", file), line) for file, line in frames if PROJECT.match(file)]
    found = own or frames
    return f"{found[0][0]}, line {found[0][1]}" if found else None
