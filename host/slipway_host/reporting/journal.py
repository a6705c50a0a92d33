"""New entries of the systemd journal: those of the project's code apart from all others."""

from __future__ import annotations

import json
from typing import Any

from slipway_host.reporting.events import Event
from slipway_host.run import first_lines

# In one run; a backlog is caught up with over the next ones.
MOST_ENTRIES = 5000
# systemd puts the instances of a template into a slice of that name.
SITE = "system-app.slice"
APP = (SITE, "system-process.slice", "system-schedule.slice")
FIELDS = "MESSAGE,_SYSTEMD_SLICE,SYSLOG_IDENTIFIER,_PID"


def read(wanted: str, cursor: str) -> tuple[list[Event], str]:
    """Entries of a kind, app or system, after a cursor (empty: of this boot), and the cursor from which to read on."""
    start = f"--after-cursor={cursor}" if cursor else "--boot"
    command = ["journalctl", "--quiet", "--no-pager", "--output=json", f"--output-fields={FIELDS}", start]
    lines, well = first_lines(
        [*command, *([f"_SYSTEMD_SLICE={each}" for each in APP] if wanted == "app" else ())], MOST_ENTRIES
    )
    if not lines:
        return [], cursor if well else ""  # a journal that does not know its own cursor is begun anew
    entries = [json.loads(line) for line in lines]
    return [event(entry) for entry in entries if kind(entry) == wanted], entries[-1]["__CURSOR"]


def kind(entry: dict[str, Any]) -> str:
    return "app" if entry.get("_SYSTEMD_SLICE") in APP else "system"


def event(entry: dict[str, Any]) -> Event:
    """As journalctl prints it, without the time, which is the event's own."""
    message = text(entry.get("MESSAGE"))
    if entry.get("_SYSTEMD_SLICE") != SITE:
        process = f"[{entry['_PID']}]" if "_PID" in entry else ""
        message = f"{text(entry.get('SYSLOG_IDENTIFIER')) or 'unknown'}{process}: {message}"
    return Event(moment=int(entry["__REALTIME_TIMESTAMP"]) // 1000, message=message)


def text(value: Any) -> str:
    """A field as journalctl's JSON has it: text, a list of bytes if it is none, or nothing if it was too large."""
    if isinstance(value, list):
        return bytes(byte for byte in value if isinstance(byte, int)).decode(errors="replace")
    return value if isinstance(value, str) else ""
