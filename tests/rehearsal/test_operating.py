"""What an operator does with `slipway`, on a real host: look, run commands, go back, close for a while."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.rehearsal.rig import Prober, Rig

SLIPWAY = Path(sys.executable).with_name("slipway")
SECONDS = 60


def slipway(rig: Rig, verb: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(SLIPWAY), verb, "-s", rig.stack, "-C", str(rig.project), "--rehearsal", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=SECONDS, check=False)


def said(rig: Rig, verb: str, *arguments: str, stdin: str = "") -> str:
    """The output of a command that must succeed."""
    done = slipway(rig, verb, *arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


def python(rig: Rig, *lines: str) -> str:
    """What a script prints in the release; Django's own first words left out."""
    return said(rig, "manage", "--", "shell", "--verbosity", "0", "-c", "\n".join(lines)).strip()


def test_status_and_releases_tell_what_is_live(rig: Rig) -> None:
    live = rig.outputs()["release"]
    status = json.loads(said(rig, "status", "--json"))
    assert (status["live"]["release"], status["live"]["active"], status["domain"]) == (live, True, rig.host)
    [serving] = [entry for entry in json.loads(said(rig, "releases", "--json")) if entry["live"]]
    assert serving["release"] == live and serving["kind"] in ("release", "rollback")
    assert live in said(rig, "status") and live in said(rig, "releases")


def test_a_command_of_the_project_works_on_its_data_as_the_app(rig: Rig) -> None:
    rig.get()
    lines = ["import os, pwd", "from guestbook.models import *", "from django.db import connection"]
    asked = "print(pwd.getpwuid(os.getuid()).pw_name, connection.settings_dict['USER'][:3], os.environ['DEBUG'])"
    assert python(rig, *lines, asked) == "app app False"
    assert slipway(rig, "manage", "--", "shell", "-c", "raise SystemExit(7)").returncode == 7
    assert said(rig, "shell", stdin="print(6 * 7)\n").strip().endswith("42")


def test_migrate_is_for_releases(rig: Rig) -> None:
    done = slipway(rig, "manage", "migrate")
    assert done.returncode == 1
    assert "slipway-host: Migrations belong to a release" in done.stderr


def test_packages_find_a_home_to_write_to(rig: Rig) -> None:
    lines = ["import pathlib", "place = pathlib.Path.home() / 'kept'", "place.write_text('1')", "print(place)"]
    assert python(rig, *lines) == "/var/lib/slipway-site/kept"


REACH = """
import os, socket, subprocess
def tried(what):
    try:
        what()
        return "yes"
    except OSError as error:
        return type(error).__name__
print(tried(lambda: open("/etc/slipway/blue.env")), tried(lambda: open("/srv/app/releases/x", "w")),
      tried(lambda: os.listdir("/root")), tried(lambda: socket.create_connection(("169.254.169.254", 80), 2)),
      len(os.listdir("/proc")) < 200 and not os.path.exists("/proc/1/environ"))
"""


def test_it_can_do_no_more_than_the_app(rig: Rig) -> None:
    files, releases, root, metadata, alone = python(rig, REACH).split()
    assert (files, releases, root) == ("PermissionError", "OSError", "PermissionError")
    assert metadata != "yes" and alone == "True"


def test_no_secret_is_on_a_command_line_meanwhile(rig: Rig) -> None:
    key = python(rig, "from django.conf import settings; print(settings.SECRET_KEY)")
    assert len(key) >= 50
    with subprocess.Popen(
        [SLIPWAY, "shell", "-s", rig.stack, "-C", rig.project, "--rehearsal"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        deadline = time.monotonic() + SECONDS
        while "slipway_production.manage shell" not in (seen := rig.on_host("ps", "-ewwo", "args")):
            assert time.monotonic() < deadline, seen
        process.communicate("")
    assert key not in seen


def test_the_shell_is_interactive_on_a_terminal(rig: Rig) -> None:
    command = [str(SLIPWAY), "shell", "-s", rig.stack, "-C", str(rig.project), "--rehearsal"]
    child, screen = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm"})
    read_until(screen, ">>> ")
    os.write(screen, b"import os; print(os.isatty(0), 6 * 7)\n")
    read_until(screen, "True 42")
    os.write(screen, b"while True: pass\n\n")
    time.sleep(1)
    os.write(screen, b"\x03")
    read_until(screen, "KeyboardInterrupt")
    os.write(screen, b"exit(5)\n")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5


def read_until(screen: int, sign: str) -> None:
    """Waits for a text on a terminal's screen."""
    seen, deadline = "", time.monotonic() + SECONDS
    while sign not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([screen], [], [], 1)[0]:
            seen += os.read(screen, 4096).decode(errors="replace")


def test_logs_are_those_of_the_app_and_of_nginx(rig: Rig) -> None:
    assert "gunicorn" in said(rig, "logs", "-n", "20")
    line = json.loads(said(rig, "logs", "-n", "1", "--json"))
    assert line["_SYSTEMD_UNIT"].startswith("app@") or line["SYSLOG_IDENTIFIER"] == "systemd"
    rig.get("/nowhere-to-be-found")
    deadline = time.monotonic() + SECONDS
    while "GET /nowhere-to-be-found" not in said(rig, "logs", "--nginx", "-n", "50"):
        assert time.monotonic() < deadline, "nginx writes within seconds"


def test_maintenance_closes_the_site_and_opens_it_again(rig: Rig) -> None:
    said(rig, "maintenance", "on", "--message", "Back at noon", "--retry-after", "60")
    try:
        answer = rig.get()
        assert (answer.status, answer.headers["retry-after"]) == (503, "60") and "Back at noon" in answer.body
        assert json.loads(said(rig, "maintenance", "status", "--json"))["message"] == "Back at noon"
    finally:
        said(rig, "maintenance", "off")
    assert rig.get().status == 200


def test_rollback_is_one_command_and_no_lost_request(rig: Rig) -> None:
    template = next((rig.project / "example").rglob("templates/**/*.html"))
    text, good = template.read_text(), rig.outputs()["release"]
    template.write_text(text.replace("Guestbook", "Bad book"))
    rig.up()
    bad = rig.outputs()["release"]
    with Prober(rig) as prober:
        done = slipway(rig, "rollback", "--reason", "it looks bad")
    assert done.returncode == 0, done.stderr
    assert prober.sent > 20 and prober.failed == []
    status = json.loads(said(rig, "status", "--json"))
    assert status["live"]["release"] == good
    assert (bad, "it looks bad") in [(held["release"], held["reason"]) for held in status["held"]]
    assert "rollback" in said(rig, "releases")
    said(rig, "allow", bad)
    assert bad not in [held["release"] for held in json.loads(said(rig, "status", "--json"))["held"]]
    template.write_text(text)
    rig.up()


def test_a_rollback_is_completed_though_the_operator_presses_ctrl_c(rig: Rig) -> None:
    now = rig.outputs()["release"]
    other = next(row["release"] for row in json.loads(said(rig, "releases", "--json")) if row["release"] != now)
    command = [str(SLIPWAY), "rollback", other, "-s", rig.stack, "-C", str(rig.project), "--rehearsal"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        wait(lambda: "slipway-host rollback" in rig.on_host("ps", "-eo", "args"))
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate()
    assert process.returncode == 130 and "Traceback" not in complaint

    def completed() -> bool:
        status = json.loads(said(rig, "status", "--json"))
        return not status["busy"] and status["live"]["release"] == other

    wait(completed)
    said(rig, "allow", now)
    said(rig, "rollback", now)
    said(rig, "allow", other)


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < deadline
