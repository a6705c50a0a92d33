"""Releases that go wrong on a real machine: at their start, under load, and because the machine goes down."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from bench.load import Load
from rehearsal.errors import RehearsalError
from tests.rehearsal.rig import Prober, Rig, Run

VIEWS = "example/guestbook/views.py"
WSGI = "example/config/wsgi.py"
SHORT = "/run/systemd/system/app@.service.d/short.conf"
HANGS = "\nimport threading\nthreading.Event().wait()\n"
# The master has loaded it all; who is forked from it ends at once.
DIES = "\nimport os\nos.register_at_fork(after_in_child=lambda: os._exit(1))\n"
# Well while a worker is asked one thing at a time.
CROWDED = """
import threading, time
ALONE = threading.Lock()
_home = home

def home(request):
    if not ALONE.acquire(blocking=False):
        raise RuntimeError("two at once")
    try:
        time.sleep(0.05)
        return _home(request)
    finally:
        ALONE.release()
"""
SLOW = "\nimport time\ntime.sleep(5)\n"
SECONDS = 60


@pytest.fixture
def edited(rig: Rig) -> Iterator[Rig]:
    """Afterwards the project is as it was, and so is what serves."""
    kept = {name: (rig.project / name).read_text() for name in (VIEWS, WSGI)}
    yield rig
    for name, text in kept.items():
        (rig.project / name).write_text(text)
    rig.configure(watchSeconds=None)
    rig.up()


def append(rig: Rig, name: str, text: str) -> None:
    path = rig.project / name
    path.write_text(path.read_text() + text)


def refused(rig: Rig) -> Run:
    """An `up` that fails while no visitor notices."""
    live = rig.outputs()["release"]
    with Prober(rig) as prober:
        run = rig.rehearse("up")
    assert run.code == 1
    assert prober.sent > 100 and prober.failed == []
    assert status(rig)["live"]["release"] == live
    return run


def status(rig: Rig) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(rig.on_host("slipway-host", "status", "--json"))
    return found


def test_a_start_that_hangs_is_refused_with_the_line_where_it_hangs(edited: Rig) -> None:
    rig = edited
    rig.on_host("install", "-D", "/dev/stdin", SHORT, stdin="[Service]\nTimeoutStartSec=3\n")
    rig.on_host("systemctl", "daemon-reload")
    try:
        append(rig, WSGI, HANGS)
        run = refused(rig)
        line = len((rig.project / WSGI).read_text().splitlines())
        assert f"it did not get ready in time: it hung at config/wsgi.py, line {line}." in run.text
    finally:
        rig.on_host("rm", SHORT)
        rig.on_host("systemctl", "daemon-reload")


def test_workers_that_die_when_they_are_forked_are_refused(edited: Rig) -> None:
    append(edited, WSGI, DIES)
    assert "The release does not start: the process that asked for GET / died." in refused(edited).text


def test_errors_under_load_alone_take_a_release_back(edited: Rig) -> None:
    rig, live = edited, edited.outputs()["release"]
    append(rig, VIEWS, CROWDED)
    with Load(address=rig.address, host=rig.host, ca=rig.root, rate=100, slow=0, path="/", slow_path="/") as load:
        run = rig.rehearse("up")
        assert run.code == 1
        assert re.search(r"was taken back, since \d+ of \d+ requests of \w+( prober)? failed", said(run)), run.text
        assert f"Release {live} is serving again." in said(run)
        since = time.time()
        time.sleep(2)
    assert status(rig)["live"]["release"] == live
    assert any(seen.outcome == 500 for seen in load.seen)
    served = [seen.outcome for seen in load.seen if seen.began > since]
    assert len(served) > 100 and set(served) == {200}


@pytest.mark.parametrize("moment", ["before it is ready", "while it is watched"])
def test_a_power_cut_in_a_release_leaves_a_site_and_the_next_up_completes_it(edited: Rig, moment: str) -> None:
    rig, live = edited, status(edited)["live"]
    rig.configure(watchSeconds=20)
    append(rig, WSGI, SLOW)
    ended: list[Run] = []
    update = threading.Thread(target=lambda: ended.append(rig.rehearse("up")))
    update.start()
    idle = "green" if live["colour"] == "blue" else "blue"
    signs = {
        "before it is ready": (["systemctl", "show", "-p", "ActiveState", "--value", f"app@{idle}"], "activating"),
        "while it is watched": (["readlink", "/srv/app/live"], idle),
    }
    command, sign = signs[moment]
    until(lambda: rig.on_host(*command).strip() == sign)
    rig.on_host("sh", "-c", "nohup sh -c 'sleep 0.2; systemctl reboot --force --force' >/dev/null 2>&1 &")
    update.join()
    assert ended[0].code == 1 and "Traceback" not in ended[0].text, ended[0].text
    until(lambda: rig.get().status == 200)
    until(lambda: rig.on_host("sh", "-c", "test -e /srv/app/underway.json || echo ended").strip() == "ended")
    assert rig.on_host("systemctl", "list-units", "--plain", "--no-legend", "--state=active", "app@*").count("\n") == 1
    now = status(rig)["live"]
    assert (now["release"] == live["release"]) is (moment == "before it is ready")
    rig.configure(watchSeconds=None)
    rig.up()
    assert status(rig)["live"]["release"] == rig.outputs()["release"] != live["release"]
    assert set(rig.up().changes()) == {"unchanged"}


def until(true: Callable[[], bool]) -> None:
    """The machine may be down meanwhile."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, RehearsalError, http.client.HTTPException):
            if true():
                return
        time.sleep(0.1)
    raise AssertionError(f"not within {SECONDS} s")


def said(run: Run) -> str:
    return " ".join(run.text.split())
