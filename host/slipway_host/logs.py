"""`slipway-host logs`: what the app, its processes, nginx or the whole host wrote."""

from __future__ import annotations

from slipway_host import colours, commands, foreground, rules
from slipway_host.errors import Failure
from slipway_host.paths import COLOURS, Paths
from slipway_host.services import unit

NGINX = ("var/log/nginx/error.log", "var/log/nginx/access.log")


def show(
    paths: Paths, *, process: str, nginx: bool, everything: bool, lines: int, follow: bool, as_json: bool, colour: bool
) -> int:
    """Prints the last lines and, with `follow`, further ones as they come; returns an exit code."""
    if not nginx:
        command = journal([] if everything else units(paths, process), lines, follow, as_json)
    elif as_json:
        raise Failure("nginx's logs are no JSON; leave --json away.")
    else:
        command = tail(paths, lines, follow)
    return foreground.run(command, environment={"SYSTEMD_COLORS": "1" if colour else "0"})


def units(paths: Paths, name: str) -> list[str]:
    """Of the app itself, or of a process or scheduled command. Failure names those that there are."""
    if not name:
        return [unit(colour) for colour in COLOURS]
    # After going back, what runs is not what is configured.
    running = commands.kept(paths, colours.wears(paths, colours.live(paths)).release) or commands.Commands()
    wanted = rules.read(paths)
    processes, schedule = {**running.processes, **wanted.processes}, {**running.schedule, **wanted.schedule}
    for kind, names in (("process", processes), ("schedule", schedule)):
        if name in names:
            return [f"{kind}@{name}.service"]
    known = ", ".join([*processes, *schedule]) or "none"
    raise Failure(f"No process and no scheduled command of this host is called {name}; there are: {known}.")


def journal(chosen: list[str], lines: int, follow: bool, as_json: bool) -> list[str]:
    shape = ["--output=json", f"--output-fields={FIELDS}"] if as_json else ["--output=short-iso", "--no-hostname"]
    more = ["--follow"] if follow else []
    return ["journalctl", "--quiet", "--no-pager", f"--lines={lines}", *more, *shape, *(f"--unit={u}" for u in chosen)]


FIELDS = "MESSAGE,PRIORITY,_SYSTEMD_UNIT,SYSLOG_IDENTIFIER"


def tail(paths: Paths, lines: int, follow: bool) -> list[str]:
    """Nginx writes its access log some seconds late."""
    more = ["--follow=name", "--retry"] if follow else []
    return ["tail", "--quiet", f"--lines={lines}", *more, *(str(paths.root / log) for log in NGINX)]
