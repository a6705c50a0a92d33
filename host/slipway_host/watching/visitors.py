"""What real visitors were answered, from nginx's access log (`timed` in nginx.conf)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from slipway_host.watching.sample import Sample

# Some thousand requests: what was usual before a release.
MOST_BYTES = 1_000_000
# … [time] "request" status bytes "referer" "agent" seconds moment "seconds of the app", "-" where it was not asked.
LINE = re.compile(r'\] "[^"]*" (\d{3}) \d+ "[^"]*" "([^"]*)" ([\d.]+) ([\d.]+) "([^"]*)"$')
OURS = "slipway-"


def read(log: Path) -> list[Sample]:
    """The last requests that the app was asked for, our own left out; their clock is that of time.time()."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - MOST_BYTES))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return []
    return [sample for line in text.splitlines() if (sample := visit(line))]


def visit(line: str) -> Sample | None:
    """One line of the log; None for what is not a visitor's request to the app."""
    found = LINE.search(line)
    if not found or found[2].startswith(OURS) or found[5] == "-":
        return None
    failure = f"answered {found[1]}" if found[1] >= "500" else None
    return Sample(ended=float(found[4]), seconds=float(found[3]), failure=failure)
