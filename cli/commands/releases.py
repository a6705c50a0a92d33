"""`slipway releases`: what went live when, how it went, and what visitors felt of it."""

from typing import Any

from cli import hosts, terminal
from cli.options import HERE, AsJson, Folder, Side, Stack
from cli.terminal import Cell, moment

COLUMNS = ("", "when", "release", "what", "took", "requests", "failed", "p50", "p99", "longest", "notes")
FEW = 3
LOOKS = {"taken back": "bold red", "refused": "red", "rollback": "yellow"}


def releases(stack: Stack, cwd: Folder = HERE, rehearsal: Side = None, as_json: AsJson = False) -> None:
    """Every activation, the newest first: what was measured through it, and what it did to the database."""
    with hosts.reached(stack, cwd, rehearsal) as host:
        entries = host.ask("releases", "--json")
    if as_json:
        terminal.json(entries)
    else:
        terminal.table(COLUMNS, [row(entry) for entry in entries])


def row(entry: dict[str, Any]) -> list[Cell]:
    look = "green" if entry["live"] else LOOKS.get(entry["kind"], "")
    what = f"{entry['kind']}, live" if entry["live"] else entry["kind"]
    named = f"{entry['release']} ({entry['colour']})" if entry["colour"] else entry["release"]
    first: list[Cell] = [str(entry["number"]), moment(entry["activated_at"]), (named, look), (what, look)]
    return [*first, f"{entry['seconds']:.1f} s", *figures(entry["measured"]), notes(entry)]


def figures(seen: dict[str, Any] | None) -> list[Cell]:
    if seen is None:
        return [""] * 5
    failed = str(seen["failures"]), "bold red" if seen["failures"] else ""
    return [str(seen["requests"]), failed, *(f"{seen[key]:.0f} ms" for key in ("p50_ms", "p99_ms", "longest_ms"))]


def notes(entry: dict[str, Any]) -> str:
    """Why it ended as it did, by whom, and which migrations it applied."""
    parts = [entry["reason"] or "", f"by {entry['by']}" if entry["by"] else "", migrations(entry["migrations"])]
    return "; ".join(part for part in parts if part)


def migrations(applied: list[dict[str, Any]]) -> str:
    """By name, where there are few; a first release has dozens."""
    if len(applied) > FEW:
        return f"{len(applied)} migrations ({', '.join(sorted({each['class'] for each in applied}))})"
    return ", ".join(f"{each['name']} ({each['class']})" for each in applied)


def measured(entry: dict[str, Any]) -> str:
    """The same figures in a sentence's end."""
    seen = entry["measured"]
    if seen is None:
        return ""
    return f": {seen['requests']} requests, {seen['failures']} failed, longest {seen['longest_ms']:.0f} ms"
