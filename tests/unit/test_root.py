"""A user without root gets it through sudo, environment and all, or one sentence."""

import io
import os
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from rehearsal import root
from rehearsal.errors import RehearsalError
from tests.unit.machine import Machine, bare


class Executed(Exception):
    """What the process would have become."""


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A user who is not root and has no terminal."""

    def execute(path: str, argv: list[str]) -> NoReturn:
        raise Executed(argv)

    machine = bare(tmp_path, monkeypatch)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "execv", execute)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for name in list(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(machine.path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return machine


def test_root_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    root.become_root(["anything"])


def test_a_user_without_sudo_is_told(user: Machine) -> None:
    with pytest.raises(RehearsalError) as refused:
        root.become_root()
    assert str(refused.value) == (
        "A rehearsal boots machines, which needs root, and there is no sudo here: run this command as root."
    )


def test_a_user_whom_sudo_cannot_ask_is_told(user: Machine) -> None:
    user.has("sudo", "#!/bin/sh\nexit 1\n")
    with pytest.raises(RehearsalError) as refused:
        root.become_root()
    assert str(refused.value) == (
        "A rehearsal boots machines, which needs root, and sudo cannot ask for a password without a terminal: "
        "run this command as root, or in a terminal."
    )


def test_sudo_runs_the_same_command_with_the_users_folders_proxies_and_certificates(
    user: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sudo = user.has("sudo")
    for name in ("https_proxy", "XDG_STATE_HOME", "PIP_INDEX_URL", "REQUESTS_CA_BUNDLE", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(Executed) as executed:
        root.become_root(["python", "-m", "rehearsal.cli", "up"])
    assert executed.value.args[0] == [
        str(sudo),
        "--preserve-env=PIP_INDEX_URL,REQUESTS_CA_BUNDLE,VIRTUAL_ENV,XDG_STATE_HOME,https_proxy",
        "--",
        "/usr/bin/env",
        f"HOME={tmp_path}",
        f"PATH={user.path}",
        f"PYTHONPYCACHEPREFIX={tmp_path}/.cache/slipway/pycache",
        "python",
        "-m",
        "rehearsal.cli",
        "up",
    ]
    assert (tmp_path / ".cache" / "slipway").is_dir(), "root would make the user's ~/.cache its own"


def test_by_default_the_same_command_is_the_one_that_runs(user: Machine) -> None:
    user.has("sudo")
    with pytest.raises(Executed) as executed:
        root.become_root()
    assert executed.value.args[0][-len(sys.orig_argv) :] == [sys.executable, *sys.orig_argv[1:]]
