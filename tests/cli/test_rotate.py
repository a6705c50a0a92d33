"""`slipway rotate`: the number in the configuration is always the one that serves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli import stackfile
from cli.errors import Failure
from tests.cli.operator import Operator, Run
from tests.cli.samples import STATUS

# `pulumi`, whose stack's file is plain lines, and whose `up` does what a test wrote into the file `up`.
PULUMI = r"""
case "$1 $2" in
"stack output") cat FOLDER/outputs.json ;;
"config get") sed -n "s/^  $3: //p" FOLDER/Pulumi.prod.yaml | grep . || { echo "error: $3 not found" >&2; exit 255; } ;;
"config set")
    grep -q "^  $3: " FOLDER/Pulumi.prod.yaml || echo "  $3: 0" >> FOLDER/Pulumi.prod.yaml
    sed -i "s/^  $3: .*/  $3: $4/" FOLDER/Pulumi.prod.yaml ;;
"up --stack") echo "$@" > FOLDER/upped; cp FOLDER/Pulumi.prod.yaml FOLDER/seen; . FOLDER/up ;;
*) exit 99 ;;
esac
"""
FILE = "# of the team\nconfig:\n  slipway:domain: www.example.org  # never change\n"


def serving(operator: Operator, secret_key: int = 1, **more: Any) -> None:
    """What the host answers from now on."""
    generations = {"secretKey": secret_key, "databasePassword": 1}
    operator.host_says(json.dumps({**STATUS, "generations": generations, **more}))


def rotate(operator: Operator, up: str, *, file: str = FILE, secret: str = "secret-key", options: str = "") -> Run:
    (operator.folder / "Pulumi.prod.yaml").write_text(file)
    (operator.folder / "up").write_text(up)
    operator.program("pulumi", PULUMI.replace("FOLDER", str(operator.folder)))
    return operator.slipway("rotate", secret, *options.split())


def status(secret_key: int) -> str:
    """A script that makes the host serve that generation."""
    answer = json.dumps({**STATUS, "generations": {"secretKey": secret_key, "databasePassword": 1}})
    return f"cat > $(dirname $0)/../says <<'END'\n{answer}\nEND\n"


def kept(operator: Operator) -> str:
    return (operator.folder / "Pulumi.prod.yaml").read_text()


def test_the_number_is_raised_and_the_update_follows(operator: Operator) -> None:
    serving(operator)
    run = rotate(operator, status(2), options="--yes")
    assert run.code == 0, run.err
    assert kept(operator) == FILE + "  slipway:secretKeyGeneration: 2\n"
    assert (operator.folder / "upped").read_text() == f"up --stack prod --cwd {operator.folder} --yes\n"
    assert [line for line in run.err.splitlines() if "slipway: stack prod," not in line] == [
        "slipway: SECRET_KEY: slipway:secretKeyGeneration is raised from 1 to 2 in Pulumi.prod.yaml.",
        "slipway: `pulumi up -s prod` follows, with whatever else has changed since the last one.",
        "slipway: SECRET_KEY of generation 2 signs; that of generation 1 is accepted until the next rotation.",
        "slipway: Commit Pulumi.prod.yaml: it says which generation is in use.",
    ]


def test_an_update_that_ends_before_anything_serves_leaves_the_file_as_it_was(operator: Operator) -> None:
    serving(operator)
    run = rotate(operator, "echo 'error: no credentials' >&2; exit 255")
    assert run.code == 255 and kept(operator) == FILE
    assert "slipway:secretKeyGeneration: 2" in (operator.folder / "seen").read_text()
    assert run.err.endswith(
        "slipway: The update ended before generation 2 served: slipway:secretKeyGeneration is 1 again, as what "
        "serves.\n"
    )


def test_what_somebody_else_wrote_meanwhile_stays_as_the_number_is_put_back(operator: Operator) -> None:
    serving(operator)
    rotate(operator, f"echo '  slipway:workers: 2' >> {operator.folder}/Pulumi.prod.yaml; exit 1")
    assert kept(operator) == FILE + "  slipway:secretKeyGeneration: 1\n  slipway:workers: 2\n"


def test_an_update_that_fails_once_the_new_secret_serves_keeps_the_number(operator: Operator) -> None:
    serving(operator)
    run = rotate(operator, status(2) + "exit 1")
    assert run.code == 1 and kept(operator).endswith("slipway:secretKeyGeneration: 2\n")
    assert "Generation 2 serves, but the update did not end well: `pulumi up -s prod` completes it." in run.err


def test_a_rotation_that_was_cut_off_goes_on_and_is_no_second_one(operator: Operator) -> None:
    serving(operator)
    run = rotate(operator, status(2), file=FILE + "  slipway:secretKeyGeneration: 2\n")
    assert run.code == 0 and kept(operator).endswith("  slipway:secretKeyGeneration: 2\n")
    assert "slipway:secretKeyGeneration is 2 already, and 1 serves: an earlier rotation goes on." in run.err


@pytest.mark.parametrize("configured", [1, 5])
def test_a_number_that_is_not_what_serves_is_the_operators_to_correct(operator: Operator, configured: int) -> None:
    serving(operator, secret_key=3)
    run = rotate(operator, "exit 98", file=f"{FILE}  slipway:secretKeyGeneration: {configured}\n")
    assert run.code == 1 and not (operator.folder / "upped").exists()
    assert run.err.endswith(
        f"slipway: slipway:secretKeyGeneration is {configured} in Pulumi.prod.yaml, and generation 3 serves: set it to "
        "3, as the last rotation left it, and run this again.\n"
    )


def test_a_host_that_cannot_be_asked_afterwards_leaves_the_number_raised(operator: Operator) -> None:
    serving(operator)
    run = rotate(operator, f"rm {operator.folder}/bin/slipway-host; exit 1")
    assert run.code == 1 and kept(operator).endswith("slipway:secretKeyGeneration: 2\n")
    assert (
        "Whether generation 2 serves is not known; slipway:secretKeyGeneration stays at it. Run this again." in run.err
    )


def test_nothing_is_rotated_where_nothing_serves(operator: Operator) -> None:
    serving(operator, live=None)
    run = rotate(operator, "exit 98", secret="database-password")
    assert run.code == 1 and kept(operator) == FILE
    assert "Nothing serves on stack prod yet, so there is nothing to rotate: `pulumi up -s prod`." in run.err


KEY = "slipway:secretKeyGeneration"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"config:\n  a:b: 1\n  {KEY}: 1  # why\n  c:d: 2\n", f"config:\n  a:b: 1\n  {KEY}: 7  # why\n  c:d: 2\n"),
        (f'config:\n  {KEY}: "1"\n', f"config:\n  {KEY}: 7\n"),
        ("config:\n  a:b: 1 # x", f"config:\n  a:b: 1 # x\n  {KEY}: 7\n"),
        (
            "config:\n  # one\n  a:b:\n    - x  # two\n\n# three\nencryptionsalt: v1\n",
            f"config:\n  # one\n  a:b:\n    - x  # two\n  {KEY}: 7\n\n# three\nencryptionsalt: v1\n",
        ),
        ("config:\n    a:b: {c: [1]}\n", f"config:\n    a:b: {{c: [1]}}\n    {KEY}: 7\n"),
        ("config: {a:b: 1}\n", f"config: {{a:b: 1, {KEY}: 7}}\n"),
        ("config:\n  a:b:\n    secure: v1:x=\n", f"config:\n  a:b:\n    secure: v1:x=\n  {KEY}: 7\n"),
    ],
)
def test_one_value_of_a_stack_s_file_changes_and_no_comment(before: str, after: str) -> None:
    assert stackfile.changed(before, KEY, 7) == after


@pytest.mark.parametrize("text", ["config:\n", "", "config: [\n", "config:\n  a:b: |\n    text\nother: 1\n"])
def test_a_file_that_cannot_be_changed_without_guessing_is_left_to_the_operator(text: str) -> None:
    with pytest.raises(Failure, match=KEY):
        stackfile.changed(text, KEY, 7)
