"""The sandbox that the app serves in, for other programs of its release: read from its unit, so that none differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from slipway_host.errors import Failure
from slipway_host.files import read
from slipway_host.paths import Paths

SYSTEMD_RUN = "/usr/bin/systemd-run"
UNIT = "etc/systemd/system/app@.service"
# What makes the unit gunicorn's, not what confines it.
GUNICORNS = ("Type", "NotifyAccess", "Sockets", "NonBlocking", "Exec", "KillMode", "Timeout", "Restart")


def properties(unit: str, colour: str) -> Iterator[str]:
    """What the [Service] section of the app's unit says of a program's rights and surroundings, for one colour."""
    inside = False
    for line in unit.splitlines():
        if line.startswith("["):
            inside = line == "[Service]"
        elif inside and "=" in line and not line.startswith(("#", ";", *GUNICORNS)):
            yield line.replace("%i", colour)


def command(
    paths: Paths, colour: str, *, name: str, description: str, folder: str, tty: bool, program: Sequence[str | Path]
) -> list[str]:
    """The command that runs a program as the app would run, under the name of a unit, and ends with its exit code.

    With `tty` the program gets a terminal of its own, else the streams that the command has itself.
    """
    unit = read(paths.root / UNIT)
    if unit is None:
        raise Failure(f"{paths.root / UNIT} is missing; deploy again to have it written.")
    given = [f"--property={each}" for each in properties(unit, colour)]
    return [
        SYSTEMD_RUN,
        "--quiet",
        "--collect",
        "--wait",
        "--pty" if tty else "--pipe",
        "--service-type=exec",
        # Else the service manager puts the unit's variables, secrets too, in the place of ${NAME} in an argument.
        "--expand-environment=no",
        f"--unit={name}",
        # Without it the journal would show the whole command line.
        f"--description={description}",
        *given,
        f"--working-directory={folder}",
        "--",
        *map(str, program),
    ]
