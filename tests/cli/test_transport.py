"""How `slipway` reaches a host: with the stack's own key, on no other host, and leaving nothing behind."""

from __future__ import annotations

import getpass
import shlex
import subprocess
import sys
import time

import pytest

from tests.cli.operator import SECONDS, Operator
from tests.standins.sshd import free_port, key_pair


def test_a_command_runs_on_the_host_and_its_json_comes_back(operator: Operator) -> None:
    operator.host_says('[{"number": 1}]')
    run = operator.slipway("releases", "--json")
    assert (run.code, run.out) == (0, '[\n  {\n    "number": 1\n  }\n]\n')
    assert run.err == f"slipway: stack prod, {operator.outputs['ssh']}\n"
    assert operator.asked == ["releases", "--json"]


def test_a_host_with_another_key_is_refused(operator: Operator) -> None:
    operator.stack(hostKey=key_pair()[1])
    operator.host_says("{}")
    run = operator.slipway("status")
    assert run.code == 1
    assert "has another host key than stack prod gave its host, so nothing was sent" in run.err
    assert not (operator.folder / "asked").exists()


def test_a_key_that_the_host_does_not_know_is_refused_in_a_sentence(operator: Operator) -> None:
    operator.stack(deployKey=key_pair()[0])
    run = operator.slipway("status")
    assert run.code == 1 and "does not accept the deploy key of stack prod" in run.err


def test_a_host_that_does_not_answer_is_told_as_such(operator: Operator) -> None:
    operator.stack(ssh=f"ssh://admin@127.0.0.1:{free_port()}")
    run = operator.slipway("status")
    assert run.code == 1
    assert "The host of stack prod cannot be reached (ssh: connect to host 127.0.0.1 port" in run.err
    assert "this computer's address must be in slipway:adminCidrs" in run.err


def test_a_host_without_an_open_port_is_reached_by_the_stack_s_proxy_command(operator: Operator) -> None:
    connect = f"pump(socket.create_connection(('127.0.0.1', {operator.sshd.port})), 0, 1)"
    code = f"import socket; from rehearsal.aws_command import pump; {connect}"
    login = f"{getpass.getuser()}@i-0123456789abcdef0"
    operator.stack(ssh=login, sshProxyCommand=shlex.join([sys.executable, "-c", code]))
    operator.host_says("[]")
    run = operator.slipway("releases", "--json")
    assert (run.code, run.out, run.err) == (0, "[]\n", f"slipway: stack prod, {login}\n")


def test_what_the_aws_cli_complains_of_is_seen_and_explained(operator: Operator) -> None:
    operator.program("aws", "echo 'An error occurred (TargetNotConnected)' >&2; exit 254")
    operator.stack(ssh="admin@i-0123456789abcdef0", sshProxyCommand="aws ssm start-session")
    run = operator.slipway("status")
    assert run.code == 1
    assert "\nAn error occurred (TargetNotConnected)\n" in run.err
    assert "slipway: Session Manager gives no way to admin@i-0123456789abcdef0 of stack prod, for the reason" in run.err


def test_a_stack_without_a_host_is_told_as_such(operator: Operator) -> None:
    operator.stack(ssh="")
    run = operator.slipway("status")
    assert run.code == 1
    assert "slipway: The output ssh is not there for stack prod: run `pulumi up -s prod` to its end first." in run.err


def test_the_key_is_in_no_file_and_on_no_command_line_and_nothing_stays_behind(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = operator.folder / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    seen = operator.folder / "seen"
    operator.program("slipway-host", f"(ls {scratch}/*; cat {scratch}/*/*; ps -eo args) >{seen} 2>&1; echo '[]'")
    run = operator.slipway("releases", "--json")
    assert run.code == 0
    assert "agent\nknown_hosts\n" in seen.read_text()
    assert operator.sshd.private_key.splitlines()[2] not in seen.read_text() + run.out + run.err
    assert list(scratch.iterdir()) == []
    assert f"ssh-agent -a {scratch}" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout


def test_a_host_of_an_older_slipway_is_told_to_be_updated(operator: Operator) -> None:
    operator.host_says("", code=2)
    run = operator.slipway("status")
    assert run.code == 1
    assert "`slipway-host status --json` is not known on the host: `pulumi up -s prod` brings it up to date." in run.err


def test_a_wait_for_the_host_ends_at_once_with_ctrl_c(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = operator.folder / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    operator.program("slipway-host", "echo begun; sleep 60")
    began = time.monotonic()
    run = operator.interrupted("rollback", after="begun")
    assert time.monotonic() - began < SECONDS / 2
    assert run.code == 130
    assert run.err.splitlines()[-1] == (
        "slipway: interrupted. What the host had begun it completes: `slipway status` shows it."
    )
    assert list(scratch.iterdir()) == []


def test_what_only_looks_leaves_nothing_behind_to_be_completed(operator: Operator) -> None:
    operator.program("slipway-host", "echo begun; sleep 60")
    run = operator.interrupted("logs", after="begun")
    assert (run.code, run.err.splitlines()[-1]) == (130, "slipway: interrupted.")


def test_wrong_usage_is_told_before_anything_is_asked(operator: Operator) -> None:
    run = operator.slipway("rollback", "--no-such-option")
    assert run.code == 2 and "No such option" in run.err and "slipway: stack" not in run.err
