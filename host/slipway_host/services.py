"""The two gunicorn units, as systemd knows them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from slipway_host import files
from slipway_host.paths import COLOURS
from slipway_host.run import Result, run
from slipway_host.units import SystemdUnits, Units, written

SYSTEMCTL = Path("/usr/bin/systemctl")
# A drop-in of app.socket: without it the socket would start one colour for ever, live or not.
STARTED_BY_SOCKET = Path("/etc/systemd/system/app.socket.d/live.conf")
JOURNAL_LINES = "60"
SHOWN = "Id,ActiveState,ActiveEnterTimestamp,StateChangeTimestamp"
STEADY = 0.25  # seconds in which gunicorn has noticed a worker that does not boot


class Services(Protocol):
    """What `activate` asks of a service manager."""

    def start(self, colour: str) -> Result:
        """Returns once the colour is ready to serve, or has failed; then its output is what the service wrote."""

    def steady(self, colour: str) -> bool:
        """Whether it is still running a moment after it was ready, and was not started again meanwhile."""

    def stop(self, colour: str, wait: bool = True) -> None: ...

    def active(self, colour: str) -> bool: ...

    def boot(self, colour: str, wanted: bool) -> None: ...

    def journal(self, colour: str) -> str:
        """What it wrote since `start`, its lines as long as they are."""

    def units(self) -> list[dict[str, str]]:
        """name, state and since (UTC) of each unit that the site is made of."""

    @property
    def beside(self) -> Units:
        """What runs beside the site."""


class Systemd:
    """app@blue.service and app@green.service."""

    def __init__(self) -> None:
        self.started = 0.0  # seconds since 1970

    def start(self, colour: str) -> Result:
        """READY is said by gunicorn (Type=notify). A failed start is not left to Restart=, which would try for ever."""
        self.systemctl("reset-failed", colour)
        self.started = time.time()
        result = self.systemctl("start", colour)
        if result.ok:
            return result
        self.stop(colour)
        return Result(code=result.code, output=self.journal(colour) or result.output)

    def steady(self, colour: str) -> bool:
        """A worker that cannot boot ends gunicorn, and Restart= would start it over and over."""
        time.sleep(STEADY)
        shown = run([SYSTEMCTL, "show", "-p", "ActiveState", "-p", "NRestarts", unit(colour)]).output
        return set(shown.split()) == {"ActiveState=active", "NRestarts=0"}

    def stop(self, colour: str, wait: bool = True) -> None:
        """Returns once requests in flight are answered, or with `wait` false at once."""
        self.systemctl("stop", colour, *([] if wait else ["--no-block"]))

    def active(self, colour: str) -> bool:
        return self.systemctl("is-active", colour).ok

    def boot(self, colour: str, wanted: bool) -> None:
        """Also makes it the colour that the socket starts for a visitor who comes before it: at boot, say."""
        if wanted and files.read(STARTED_BY_SOCKET) != started_by_socket(colour):
            STARTED_BY_SOCKET.parent.mkdir(exist_ok=True)
            files.write(STARTED_BY_SOCKET, started_by_socket(colour))
            run([SYSTEMCTL, "daemon-reload"])
        # Links for the next boot: this one need not read them.
        self.systemctl("enable" if wanted else "disable", colour, "--no-reload")

    def units(self) -> list[dict[str, str]]:
        names = ["nginx.service", "app.socket", *(unit(colour) for colour in COLOURS), *sorted(self.beside.known())]
        shown = run([SYSTEMCTL, "show", "--timestamp=utc", "-p", SHOWN, *names]).output
        return [described(part) for part in shown.strip().split("\n\n")]

    @property
    def beside(self) -> SystemdUnits:
        return SystemdUnits()

    def journal(self, colour: str) -> str:
        """What it wrote since it was started, and what systemd says of it: it may have been tried more than once."""
        return written(self.started, JOURNAL_LINES, "-u", unit(colour))

    def systemctl(self, verb: str, colour: str, *options: str) -> Result:
        return run([SYSTEMCTL, "--quiet", *options, verb, unit(colour)])


def started_by_socket(colour: str) -> str:
    return f"[Socket]\nService={unit(colour)}\n"


def unit(colour: str) -> str:
    return f"app@{colour}.service"


def described(shown: str) -> dict[str, str]:
    """One unit as `systemctl show` prints it."""
    values = dict(line.partition("=")[::2] for line in shown.splitlines())
    state = values.get("ActiveState", "")
    # A reload, and a socket's first connection, change the state of a unit that is active all the time.
    since = "ActiveEnterTimestamp" if state in ("active", "reloading") else "StateChangeTimestamp"
    # Mon 2026-11-23 00:05:01 UTC; empty where the unit has never changed.
    moment = values.get(since, "").split()
    return {
        "name": values.get("Id", ""),
        "state": state,
        "since": f"{moment[1]}T{moment[2]}Z" if len(moment) == 4 else "",
    }
