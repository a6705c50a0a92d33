"""Killed after any single change, a command leaves a site that serves, and run again it comes to the same end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from slipway_host import activations, colours, commands, files, history, marks, rollback
from slipway_host.activate import activate
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.prune import prune
from slipway_host.watching.watch import Watch

from tests.host import host_standins
from tests.host.host_standins import GIVEN, FileServices

CHANGES = (
    *("os.rename", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.utime", "os.truncate"),
    "subprocess.Popen",
)
MAIL = "process@mail.service"
Command = Callable[[Paths, FileServices], None]


def killed_at(event: int, command: Callable[[], None]) -> bool:
    """Runs a command in a process that is killed before its change number `event`; whether it was."""
    child = os.fork()
    if child == 0:
        left = event

        def kill(name: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            writes = name == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if writes or name in CHANGES:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.addaudithook(kill)
        with contextlib.suppress(Failure):
            command()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0


def releasing(name: str) -> Command:
    return lambda paths, services: activate(paths, services, name, "d1", GIVEN)


def back_to(name: str) -> Command:
    return lambda paths, services: rollback.rollback(paths, services, name, by=None, reason=None)


def refused(paths: Paths, services: FileServices) -> None:
    activate(paths, replace(services, refuse="Error: slipway: GET / answered 500 Server Error\n"), "r2", "d1", GIVEN)


def in_trouble(paths: Paths, services: FileServices) -> None:
    """A release that turns out bad once it is live."""
    kept = Watch.trouble
    Watch.trouble = lambda self: "it answered 500"  # type: ignore[method-assign]
    try:
        activate(paths, services, "r2", "d1", GIVEN)
    finally:
        Watch.trouble = kept  # type: ignore[method-assign]


def remove_old(paths: Paths, services: FileServices) -> None:
    prune(paths, 2)


def served(root: Path, *names: str) -> tuple[Paths, FileServices]:
    """A host on which these releases went live; r2 is prepared in any case."""
    paths, services = host_standins.host(root)
    for name in dict.fromkeys([*names, "r2"]):
        host_standins.prepared(paths, name)
        python = paths.release(name) / "venv/bin/python"
        python.write_text(python.read_text() + f"echo {name} > $SLIPWAY_STATIC_ROOT/app.js\n")
    paths.rules.write_text(json.dumps({"watch_seconds": 0, "processes": {"mail": "sleep 9"}}))
    for name in names:
        activate(paths, services, name, "d1", GIVEN)
    return paths, services


def rotating(paths: Paths, services: FileServices) -> None:
    keys = 'SECRET_KEY="the-next-key"\nSECRET_KEY_FALLBACKS="a-key-that-is-secret"\n'
    activate(paths, services, "r1", "d1", GIVEN + keys)


SCENARIOS = {
    "release": (("r1",), releasing("r2"), "r2", ["release", "release"], 25),
    "refused": (("r1",), refused, "r1", ["release", "refused"], 20),
    "rollback": (("r1", "r2"), back_to("r1"), "r1", ["release", "release", "rollback"], 20),
    "rotation": (("r1",), rotating, "r1", ["release", "rotation", "release"], 40),
    "taken back": (("r1",), in_trouble, "r1", ["release", "taken back"], 35),
    "prune": (("r1", "r3", "r2", "r4", "r5"), remove_old, "r5", ["release"] * 5, 20),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_any_change_the_site_serves_and_the_next_run_comes_to_the_same_end(root: Path, scenario: str) -> None:
    names, command, serving, kinds, fewest = SCENARIOS[scenario]
    event, killed = 0, True
    while killed:
        folder = root / str(event)
        folder.mkdir()
        paths, services = served(folder, *names)
        killed = killed_at(event, partial(command, paths, services))
        a_release_serves(paths, services, f"{scenario}, change {event}")
        with contextlib.suppress(Failure):
            command(paths, services)
        a_release_serves(paths, services, f"{scenario}, change {event}, and again")
        live = colours.live(paths)
        release = colours.wears(paths, live).release
        # Cut off in its window, a release stays live: nobody knows that it would have been taken back.
        assert release == serving or (scenario == "taken back" and release == "r2")
        assert services.marked("active") == services.marked("enabled") == {live}
        the_process_runs(paths, services, live or "", release or "")
        if scenario in ("release", "refused"):
            assert (paths.static / "app.js").read_text() == f"{release}\n"
        assert not paths.underway.exists()
        entries = history.read(paths)
        assert len({entry.number for entry in entries}) == len(entries)
        assert activations.live(paths) in {entry.number for entry in entries if entry.served}
        assert {entry.kind for entry in entries} <= {*kinds, "refused"}, "what was cut off is told as refused"
        assert paths.held.exists() == (scenario in ("rollback", "taken back") and release == "r1")
        event += 1
    assert event > fewest, "the run was killed at each of its changes"


def the_process_runs(paths: Paths, services: FileServices, colour: str, release: str) -> None:
    """The one process runs this release in the environment of this colour."""
    wanted = marks.meant(paths, services.beside, release, commands.of_release(paths, release, None))
    assert marks.read(paths) == wanted and set(wanted) == {MAIL}
    assert services.beside.states([MAIL])[MAIL].at_work
    assert files.target(paths.live_environment) == f"{colour}.env"


def a_release_serves(paths: Paths, services: FileServices, when: str) -> None:
    live = colours.live(paths)
    assert live is not None, when
    assert live in services.marked("active") & services.marked("enabled"), f"{when}: what is live serves and boots"
    worn = colours.wears(paths, live)
    assert (paths.release(worn.release or "") / "release.json").is_file(), when
    assert activations.environment(paths, worn.activation)["SLIPWAY_BASE_SETTINGS"] == "site", when
