"""How a configured command is run: the entry of process@.service and schedule@.service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from slipway_production.command import arguments

from tests.host.host_standins import REPOSITORY

PYTHON = "/srv/app/live/venv/bin/python"
MANAGE = "/srv/app/releases/r1/src/backend/manage.py"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("manage.py clearsessions", [PYTHON, "-m", "django", "clearsessions"]),
        ("./manage.py clearsessions", [PYTHON, "-m", "django", "clearsessions"]),
        ("python manage.py mail --every 5", [PYTHON, "-m", "django", "mail", "--every", "5"]),
        ("python3 backend/manage.py mail", [PYTHON, "-m", "django", "mail"]),
        ("python -m mysite.loop", ["python", "-m", "mysite.loop"]),
        ("celery -A mysite worker -n 'one two'", ["celery", "-A", "mysite", "worker", "-n", "one two"]),
        ("sh -c 'a && b $HOME'", ["sh", "-c", "a && b $HOME"]),
    ],
)
def test_the_words_of_a_command(command: str, words: list[str]) -> None:
    assert arguments(command, MANAGE, PYTHON) == words


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A release whose venv has a program of its own, and the commands of two releases."""
    (tmp_path / "venv/bin").mkdir(parents=True)
    (tmp_path / "venv/bin/python").symlink_to(sys.executable)
    tell = tmp_path / "venv/bin/tell"
    tell.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$PWD" "$HOME" "$PATH" "$VIRTUAL_ENV" "$DJANGO_SETTINGS_MODULE" "$@"\n',
    )
    tell.chmod(0o755)
    (tmp_path / "src/backend").mkdir(parents=True)
    (tmp_path / "commands").mkdir()
    for release in ("r1", "r2"):
        text = json.dumps(
            {
                "processes": {"mail": f"tell '{release} is live' *", "gone": "nosuch --x"},
                "schedule": {"report": {"command": f"tell report-{release}", "calendar": "daily"}},
            }
        )
        (tmp_path / "commands" / f"{release}.json").write_text(text)
    return tmp_path


def run(host: Path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [host / "venv/bin/python", "-m", "slipway_production.command", host / "commands", name],
        env={
            "PYTHONPATH": str(REPOSITORY / "host"),
            "SLIPWAY_RELEASE": "r1",
            "SLIPWAY_MANAGE": f"{host}/src/backend/manage.py",
            "SLIPWAY_CHDIR": f"{host}/src/backend",
            "DJANGO_SETTINGS_MODULE": "slipway_production.settings",
            "STATE_DIRECTORY": "/var/lib/slipway-app/mail",
            "PATH": os.environ["PATH"],
        },
        cwd=host,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_command_runs_where_manage_py_lies_with_the_release_s_programs_first(host: Path) -> None:
    ended = run(host, "mail")
    assert (ended.returncode, ended.stdout.splitlines()) == (
        0,
        [
            f"{host}/src/backend",
            "/var/lib/slipway-app/mail",
            f"{host}/venv/bin:/usr/local/bin:/usr/bin:/bin",
            f"{host}/venv",
            "slipway_production.settings",
            "r1 is live",
            "*",
        ],
    ), ended.stderr


def test_a_scheduled_command_is_that_of_the_release_too(host: Path) -> None:
    assert run(host, "report").stdout.splitlines()[-1] == "report-r1"


def test_a_program_that_is_not_there_is_a_sentence(host: Path) -> None:
    ended = run(host, "gone")
    assert (ended.returncode, ended.stderr) == (127, "nosuch cannot be run: No such file or directory.\n")
