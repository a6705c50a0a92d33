"""What is said where a stack of a folder is not being rehearsed, or no longer: nothing of it is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from rehearsal import homes, verbs
from rehearsal.errors import RehearsalError


@pytest.fixture(autouse=True)
def nothing_is_rehearsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "ROOT", tmp_path / "rehearsals")


def test_nothing_is_destroyed_in_a_folder_without_a_rehearsal(tmp_path: Path) -> None:
    run = CliRunner().invoke(verbs.app, ["destroy", "-s", "dev", "-C", str(tmp_path)])
    assert (run.exit_code, run.output) == (
        0,
        f"There is no rehearsal of stack dev of {tmp_path}: nothing to destroy.\n",
    )


def test_outputs_of_no_rehearsal_are_a_failure(tmp_path: Path) -> None:
    run = CliRunner().invoke(verbs.app, ["output", "-s", "dev", "-C", str(tmp_path)])
    assert isinstance(run.exception, RehearsalError)
    assert str(run.exception) == (
        f"There is no rehearsal of stack dev of {tmp_path}: run `rehearse up -s dev` there first."
    )


def test_nobody_is_sent_to_remove_a_stack_that_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    for line in (
        "Duration: 7s",
        "The resources in the stack have been deleted, but the history and configuration associated with the stack are "
        "still maintained. ",
        "If you want to remove the stack completely, run `pulumi stack rm local`.",
    ):
        verbs._say_but_leftovers(line)
    assert capsys.readouterr().out == "Duration: 7s\n"
