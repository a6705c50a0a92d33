"""Commands that hand their streams on: what they start, and that it ends with whoever looks at it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from slipway_host import cli, logs, manage, sandbox
from slipway_host.activate import activate
from slipway_host.errors import Failure
from slipway_host.rollback import rollback

from components.rendering import render_text
from tests.host.host_standins import GIVEN, REPOSITORY, host, prepared

UNIT = """\
[Unit]
Description=The app, %i colour

[Service]
Type=notify
NotifyAccess=main
Sockets=app.socket
User=app
EnvironmentFile=/etc/slipway/%i.env
ExecStart=/srv/app/%i/venv/bin/gunicorn
# A comment, with a = sign.
ReadWritePaths=/srv/app/media
KillMode=mixed
TimeoutStopSec=50
Restart=always
SystemCallFilter=~@privileged @resources
CapabilityBoundingSet=

[Install]
WantedBy=multi-user.target
"""


def test_a_command_is_confined_by_what_the_apps_unit_says() -> None:
    assert list(sandbox.properties(UNIT, "green")) == [
        "User=app",
        "EnvironmentFile=/etc/slipway/green.env",
        "ReadWritePaths=/srv/app/media",
        "SystemCallFilter=~@privileged @resources",
        "CapabilityBoundingSet=",
    ]


def test_the_apps_real_unit_confines_it(root: Path) -> None:
    kept = list(sandbox.properties(render_text("systemd/app@.service.j2", stop_timeout=45), "blue"))
    assert {"User=app", "EnvironmentFile=/srv/app/blue/release.env", "ProtectSystem=strict"} <= set(kept)
    assert [line for line in kept if line.startswith(("Exec", "Type", "Restart", "Timeout", "Sockets"))] == []


def test_manage_runs_in_the_live_release_and_no_secret_is_on_its_command_line(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, services = host(root)
    prepared(paths, "r1")
    monkeypatch.setattr("sys.stdin", io.StringIO(GIVEN))
    assert cli.main(["activate", "--release", "r1", "--config-digest", "d1"], paths, services) == 0
    (root / "etc/systemd/system").mkdir(parents=True, exist_ok=True)
    (root / sandbox.UNIT).write_text(UNIT)
    command = manage.confined(paths, ["loaddata", "a b"], "slipway-manage-7", tty=False)
    assert command[:8] == [
        "/usr/bin/systemd-run",
        *("--quiet", "--collect", "--wait", "--pipe", "--service-type=exec", "--expand-environment=no"),
        "--unit=slipway-manage-7",
    ]
    assert "--description=manage.py loaddata of release r1" in command
    python = str(root / "srv/app/releases/r1/venv/bin/python")
    assert command[command.index("--") :] == ["--", python, "-m", "slipway_production.manage", "loaddata", "a b"]
    assert "a-key-that-is-secret" not in " ".join(command)
    assert "--pty" in manage.confined(paths, [], "slipway-manage-7", tty=True)


def test_without_a_release_there_is_nothing_to_manage(root: Path) -> None:
    paths, _ = host(root)
    with pytest.raises(Failure, match="No release is live on this host: deploy one first"):
        manage.manage(paths, ["check"])


def test_migrate_is_refused_with_the_reason(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = host(root)
    assert cli.main(["manage", "--", "migrate", "--fake"], paths, services) == 1
    assert capsys.readouterr().err == (
        "slipway-host: Migrations belong to a release, which applies them with its own code and rights before it goes "
        "live: deploy instead. The app's role cannot change tables.\n"
    )


def test_logs_are_of_the_app_of_a_process_of_the_host_or_of_nginx(root: Path) -> None:
    paths, _ = host(root)
    assert logs.journal(logs.units(paths, ""), 5, True, False) == [
        *("journalctl", "--quiet", "--no-pager", "--lines=5", "--follow", "--output=short-iso", "--no-hostname"),
        *("--unit=app@blue.service", "--unit=app@green.service"),
    ]
    assert logs.journal([], 0, False, True)[3:] == ["--lines=0", "--output=json", f"--output-fields={logs.FIELDS}"]
    assert logs.tail(paths, 9, True) == [
        *("tail", "--quiet", "--lines=9", "--follow=name", "--retry"),
        *(f"{root}/var/log/nginx/error.log", f"{root}/var/log/nginx/access.log"),
    ]


def test_logs_of_a_process_are_those_of_its_unit_and_an_unknown_name_is_told(root: Path) -> None:
    paths, _ = host(root)
    timer = {"command": "manage.py clearsessions", "calendar": "daily"}
    paths.rules.write_text(json.dumps({"processes": {"mail": "celery"}, "schedule": {"sessions": timer}}))
    assert logs.units(paths, "mail") == ["process@mail.service"]
    assert logs.units(paths, "sessions") == ["schedule@sessions.service"]
    with pytest.raises(Failure) as refusal:
        logs.units(paths, "male")
    assert str(refusal.value) == (
        "No process and no scheduled command of this host is called male; there are: mail, sessions."
    )


def test_logs_of_a_process_that_runs_are_shown_after_going_back_from_the_release_that_had_none(root: Path) -> None:
    paths, services = host(root)
    for name, processes in (("r1", {"mail": "sleep 9"}), ("r2", {"beat": "sleep 9"})):
        prepared(paths, name)
        paths.rules.write_text(json.dumps({"watch_seconds": 0, "processes": processes}))
        activate(paths, services, name, "d1", GIVEN)
    rollback(paths, services, None, by=None, reason=None)
    assert logs.units(paths, "mail") == ["process@mail.service"]
    assert logs.units(paths, "beat") == ["process@beat.service"], "it may have said why"


RUN = "import sys; from slipway_host import foreground; sys.exit(foreground.run(sys.argv[1:]))"


def run(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "host")},
    )


def test_a_program_has_our_streams_and_its_exit_code_is_ours() -> None:
    with run("sh", "-c", "tr a-z A-Z; exit 7") as process:
        assert process.communicate("spoken")[0] == "SPOKEN"
    assert process.returncode == 7


def test_a_program_that_nobody_listens_to_is_ended() -> None:
    with run("sh", "-c", "echo begun; exec sleep 60") as process:
        assert process.stdout and process.stdin
        assert process.stdout.readline() == "begun\n"
        began = time.monotonic()
        process.stdout.close()
        process.stdin.close()
        process.wait(20)
    assert time.monotonic() - began < 20 and process.returncode == 128 + 15
