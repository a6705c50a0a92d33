"""`slipway status`: what serves, since when, and what is amiss."""

from typing import Any

import typer

from cli import hosts, terminal
from cli.commands.releases import measured
from cli.options import HERE, AsJson, Folder, Side, Stack
from cli.terminal import Cell, moment

GIB = 2**30
# Let's Encrypt's certificates are renewed with 30 of 90 days left.
LATE_DAYS = 20
FULL = 0.1


def status(stack: Stack, cwd: Folder = HERE, rehearsal: Side = None, as_json: AsJson = False) -> None:
    """What is live and what is held back, the units, the disk and the certificate; exit code 1 if nothing serves."""
    with hosts.reached(stack, cwd, rehearsal) as host:
        seen = host.ask("status", "--json")
    if as_json:
        terminal.json(seen)
    else:
        terminal.pairs(rows(seen))
    if not (seen["live"] and seen["live"]["active"]):
        raise typer.Exit(1)


def rows(seen: dict[str, Any]) -> list[tuple[str, Cell]]:
    """What a person wants to know, line by line."""
    live, idle, last = seen["live"], seen["idle"], seen["last"]
    found: list[tuple[str, Cell]] = [("site", f"https://{seen['domain']}/")]
    if live:
        state = ("", "green") if live["active"] else (", which does not run", "bold red")
        found.append(
            ("live", (f"{live['release']} ({live['colour']}) since {moment(live['since'])}{state[0]}", state[1]))
        )
        found += [("note", (sentence, "yellow")) for sentence in live.get("advice", ())]
    else:
        found.append(("live", ("nothing: no release has gone live yet", "bold red")))
    if idle and idle["release"]:
        found.append(("idle", f"{idle['release']} ({idle['colour']})"))
    if last:
        why = f": {last['reason']}" if last["reason"] and not last["live"] else measured(last)
        found.append(("last", f"{last['kind']} {last['number']} {moment(last['activated_at'])}{why}"))
    for held in seen["held"]:
        which = f", configuration {held['configuration']}" if held["configuration"] else ""
        by = f" by {held['by']}" if held["by"] else ""
        found.append(("held", (f"{held['release']}{which} since {moment(held['at'])}{by}: {held['reason']}", "yellow")))
    if seen["maintenance"]:
        found.append(("maintenance", ("on: visitors get a 503 page", "yellow")))
    if seen["busy"]:
        found.append(("busy", (seen["busy"], "yellow")))
    found += [("unit", unit_row(unit)) for unit in seen["units"]]
    return [*found, ("disk", disk(seen["disk"])), ("certificate", certificate(seen["certificate_days"]))]


def unit_row(unit: dict[str, Any]) -> Cell:
    """A unit of systemd that is neither running nor meant to rest is what one looks for."""
    since = f" since {moment(unit['since'])}" if unit["since"] else ""
    return f"{unit['name']} {unit['state']}{since}", "bold red" if unit["state"] == "failed" else ""


def disk(space: dict[str, int] | None) -> Cell:
    if space is None:
        return "unknown"
    free, total = space["free_bytes"], space["total_bytes"]
    return f"{free / GIB:.1f} of {total / GIB:.1f} GiB free", "bold red" if free < FULL * total else ""


def certificate(days: int | None) -> Cell:
    if days is None:
        return "none yet", "yellow"
    return f"{days} days left", "bold red" if days < LATE_DAYS else ""
