"""What the commands that change or run something ask of the host, and what comes back."""

from __future__ import annotations

import pytest

from tests.cli.operator import Operator


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (["rollback"], ["rollback", "--by=WHO"]),
        (
            ["rollback", "r1", "--force", "--reason", "it is -- 'slow'"],
            ["rollback", "--force", "--by=WHO", "--reason=it is -- 'slow'", "--", "r1"],
        ),
        (["allow", "r1"], ["allow", "--", "r1"]),
        (["migrations"], ["migrations"]),
        (["migrations", "--release", "r1"], ["migrations", "--release=r1"]),
        (["migrations", "--release", "-x"], ["migrations", "--release=-x"]),
        (["maintenance", "on"], ["maintenance", "on"]),
        (
            ["maintenance", "on", "--message", "Back at 5", "--retry-after", "60"],
            ["maintenance", "on", "--message=Back at 5", "--retry-after=60"],
        ),
        (["logs"], ["logs", "--lines", "100"]),
        (
            ["logs", "-f", "-n", "5", "--process", "queue"],
            ["logs", "--lines", "5", "--process=queue", "--follow"],
        ),
        (["logs", "--all", "--json"], ["logs", "--lines", "100", "--all", "--json"]),
        (["logs", "--nginx"], ["logs", "--lines", "100", "--nginx"]),
        (["manage", "check", "--deploy"], ["manage", "--", "check", "--deploy"]),
        (["manage", "--", "shell", "-c", "print('a b')"], ["manage", "--", "shell", "-c", "print('a b')"]),
        (["shell"], ["manage", "--", "shell"]),
    ],
    ids=lambda given: " ".join(given),
)
def test_each_command_is_one_of_the_hosts(operator: Operator, given: list[str], asked: list[str]) -> None:
    operator.host_says("done\n")
    run = operator.slipway(*given)
    assert (run.code, run.out) == (0, "done\n")
    assert ["--by=WHO" if each.startswith("--by=") else each for each in operator.asked] == asked


def test_what_the_host_refuses_is_passed_on_with_its_exit_code(operator: Operator) -> None:
    operator.program("slipway-host", "echo 'slipway-host: It is not safe.' >&2; exit 1")
    run = operator.slipway("rollback")
    assert run.code == 1 and run.err.endswith("\nslipway-host: It is not safe.\n")


def test_manage_passes_input_output_and_exit_code_through(operator: Operator) -> None:
    operator.program("slipway-host", "tr a-z A-Z; echo to-stderr >&2; exit 7")
    run = operator.slipway("manage", "--", "loaddata", "-", stdin="a fixture\n" * 20_000)
    assert (run.code, run.out) == (7, "A FIXTURE\n" * 20_000)
    assert run.err.endswith("to-stderr\n")


def test_an_exit_code_of_2_or_255_is_the_commands_own(operator: Operator) -> None:
    for code in (2, 255):
        operator.host_says("", code=code)
        assert operator.slipway("manage", "check").code == code


def test_a_command_other_than_manage_leaves_our_input_alone(operator: Operator) -> None:
    operator.program("slipway-host", "cat")
    assert operator.slipway("maintenance", "status", stdin="not for the host").out == ""


def test_maintenance_for_programs_is_json(operator: Operator) -> None:
    operator.host_says("null\n")
    run = operator.slipway("maintenance", "status", "--json")
    assert run.out == "null\n" and operator.asked == ["maintenance", "status", "--json"]


def test_ssh_runs_a_command_as_the_login_user(operator: Operator) -> None:
    run = operator.slipway("ssh", "--", "echo", "two  words", "$HOME")
    assert (run.code, run.out) == (0, "two  words $HOME\n")


def test_logs_are_of_one_kind_at_a_time(operator: Operator) -> None:
    run = operator.slipway("logs", "--nginx", "--all")
    assert run.code == 2 and "say one of --process, --nginx and --all" in run.err
