"""What runs beside the site follows the live release, there and back, and a process that does not run refuses one."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.rehearsal.rig import Prober, Rig

COMMANDS = "example/guestbook/management/commands"
BEAT = """
import os, pwd, time
from django.conf import settings
from django.core.management.base import BaseCommand

class Command(BaseCommand):
    def handle(self, **options):
        while True:
            print("beat {word}", pwd.getpwuid(os.getuid()).pw_name, settings.DEBUG, flush=True)
            time.sleep(0.2)
"""
CRASH = """
from django.core.management.base import BaseCommand

class Command(BaseCommand):
    def handle(self, **options):
        raise SystemExit("there is no mail server")
"""
TICK = """
from django.core.management.base import BaseCommand
from guestbook.models import Visits

class Command(BaseCommand):
    def handle(self, **options):
        print("tick", Visits.objects.count(), flush=True)
"""
SECONDS = 30


@pytest.fixture
def beside(rig: Rig) -> Iterator[Rig]:
    """The project with commands, and a stack that runs them; both as they were afterwards."""
    folder = rig.project / COMMANDS
    folder.mkdir(parents=True)
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()
    (folder / "tick.py").write_text(TICK)
    rig.configure(
        processes={"beat": "manage.py beat"},
        schedule={"tick": {"command": "manage.py tick", "calendar": "*:*:0/3"}},
    )
    yield rig
    for file in (*folder.glob("*.py"), folder.parent / "__init__.py"):
        file.unlink()
    folder.rmdir()
    folder.parent.rmdir()
    rig.configure(processes=None, schedule=None)
    rig.up()
    assert units(rig) == ""


def write(rig: Rig, text: str) -> None:
    (rig.project / COMMANDS / "beat.py").write_text(text)


def units(rig: Rig) -> str:
    return rig.on_host("systemctl", "list-units", "--all", "--plain", "--no-legend", "process@*", "schedule@*")


def last(rig: Rig, unit: str) -> str:
    """The last line that a unit wrote."""
    return rig.on_host("journalctl", "--quiet", "-u", unit, "-o", "cat", "-n", "1", "_TRANSPORT=stdout").strip()


def until(rig: Rig, unit: str, line: str) -> None:
    deadline = time.monotonic() + SECONDS
    while (said := last(rig, unit)) != line:
        assert time.monotonic() < deadline, said
        time.sleep(0.2)


def beats(rig: Rig) -> int:
    """How many processes beat."""
    return len(rig.on_host("systemctl", "show", "-p", "MainPID", "--value", "process@beat").split())


def test_what_runs_beside_the_site_is_of_the_live_release_there_and_back(beside: Rig) -> None:
    rig = beside
    write(rig, BEAT.format(word="one"))
    rig.up()
    until(rig, "process@beat", "beat one app False")
    visits = rig.on_host("slipway-host", "manage", "--", "shell", "--verbosity", "0", "-c", COUNT).strip()
    until(rig, "schedule@tick", f"tick {visits}")

    write(rig, BEAT.format(word="two"))
    with Prober(rig) as prober:
        rig.up()
    assert prober.sent > 100 and prober.failed == []
    assert last(rig, "process@beat") == "beat two app False"
    assert beats(rig) == 1, "the process of the release before is gone"

    rig.on_host("slipway-host", "rollback", "--by", "a test")
    assert last(rig, "process@beat") == "beat one app False"
    assert beats(rig) == 1

    write(rig, CRASH)
    with Prober(rig) as prober:
        run = rig.rehearse("up")
    assert run.code == 1
    assert "the process beat does not keep running: there is no mail server" in run.text
    assert "is serving again" in run.text
    assert prober.failed == []
    assert last(rig, "process@beat") == "beat one app False"


COUNT = "from guestbook.models import Visits; print(Visits.objects.count())"
