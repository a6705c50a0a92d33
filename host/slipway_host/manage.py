"""`slipway-host manage` and `shell`: a command of the live release's manage.py, confined as the app is."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from slipway_host import colours, foreground, release, sandbox
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.run import BASE, run
from slipway_host.services import SYSTEMCTL

MIGRATE = (
    "Migrations belong to a release, which applies them with its own code and rights before it goes live: deploy "
    "instead. The app's role cannot change tables."
)

# systemd-run would write its own words into the window's title, and colour the background.
TERMINAL = {"SYSTEMD_ADJUST_TERMINAL_TITLE": "0", "SYSTEMD_TINT_BACKGROUND": "0"}


def manage(paths: Paths, arguments: Sequence[str]) -> int:
    """Runs `manage.py ARGUMENTS` with our streams, on a terminal where we have one; returns its exit code."""
    if arguments[:1] == ["migrate"]:
        raise Failure(MIGRATE)
    name = f"slipway-manage-{os.getpid()}"
    tty = sys.stdin.isatty() and sys.stdout.isatty()
    command = confined(paths, arguments, name, tty)
    if tty:
        # The terminal's own signals reach it; nothing is left for us to do.
        os.execve(command[0], command, {**BASE, **TERMINAL, "TERM": os.environ.get("TERM", "dumb")})
    return foreground.run(command, stop=lambda: stop(name))


def confined(paths: Paths, arguments: Sequence[str], name: str, tty: bool) -> list[str]:
    """The command for the colour that is live now."""
    live = colours.live(paths)
    wears = colours.wears(paths, live).release if live else None
    if live is None or wears is None:
        raise Failure("No release is live on this host: deploy one first.")
    return sandbox.command(
        paths,
        live,
        name=name,
        description=f"manage.py {arguments[0] if arguments else 'help'} of release {wears}",
        folder=release.load_variables(paths, wears)["SLIPWAY_CHDIR"],
        tty=tty,
        program=[paths.release(wears) / "venv/bin/python", "-m", "slipway_production.manage", *arguments],
    )


def stop(name: str) -> None:
    run([SYSTEMCTL, "--quiet", "stop", f"{name}.service"])
