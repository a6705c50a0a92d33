"""New lines of nginx's log files, across their rotation."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from slipway_host.reporting.events import Event

# Of one file in one run; a backlog is caught up with over the next ones.
MOST_BYTES = 4_000_000

# [22/Nov/2026:22:11:06 +0000] of the access log, 2026/11/22 22:11:06 of the error log, in the server's own time.
ACCESS = re.compile(r"\[(\d{2}/\w{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\]")
ERROR = re.compile(r"(\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2})")


@dataclass(frozen=True, kw_only=True)
class Position:
    """How far a file was read: its inode, which a rotation takes along, and a place in bytes."""

    inode: int = 0
    offset: int = 0


def read(path: Path, position: Position) -> tuple[list[Event], Position]:
    """Complete lines after a position, and the position after them. Where rotation took the file, its rest is first."""
    for file in (path.with_name(f"{path.name}.1"), path):
        try:
            inode = file.stat().st_ino
        except FileNotFoundError:
            continue
        if file == path and inode != position.inode:
            position = Position(inode=inode)
        if inode == position.inode:
            lines, end = _lines(file, position.offset)
            if lines or file == path:
                return _events(lines), Position(inode=inode, offset=end)
    return [], position


def _lines(path: Path, offset: int) -> tuple[list[str], int]:
    if path.stat().st_size < offset:
        offset = 0  # emptied in place
    with path.open("rb") as file:
        file.seek(offset)
        chunk = file.read(MOST_BYTES)
    # A line still being written waits for its end, unless nothing else fits.
    whole = chunk if len(chunk) == MOST_BYTES and b"\n" not in chunk else chunk[: chunk.rfind(b"\n") + 1]
    return whole.decode(errors="replace").splitlines(), offset + len(whole)


def _events(lines: list[str]) -> list[Event]:
    events: list[Event] = []
    for line in lines:
        before = events[-1].moment if events else int(time.time() * 1000)
        events.append(Event(moment=moment(line) or before, message=line))
    return events


def moment(line: str) -> int | None:
    """When nginx wrote a line, in milliseconds; None if it does not say."""
    try:
        if found := ACCESS.search(line):
            return int(datetime.strptime(found[1], "%d/%b/%Y:%H:%M:%S %z").timestamp() * 1000)
        if found := ERROR.match(line):
            return int(datetime.strptime(found[1], "%Y/%m/%d %H:%M:%S").astimezone(UTC).timestamp() * 1000)
    except ValueError:
        pass
    return None
