"""What is said where a stack of a folder is not being rehearsed: of which folder, for another may be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from rehearsal import homes
from rehearsal.errors import RehearsalError
from rehearsal.verbs import app


@pytest.fixture(autouse=True)
def nothing_is_rehearsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "ROOT", tmp_path / "rehearsals")


def test_nothing_is_destroyed_in_a_folder_without_a_rehearsal(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["destroy", "-s", "dev", "-C", str(tmp_path)])
    assert (run.exit_code, run.output) == (
        0,
        f"There is no rehearsal of stack dev of {tmp_path}: nothing to destroy.\n",
    )


def test_outputs_of_no_rehearsal_are_a_failure(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["output", "-s", "dev", "-C", str(tmp_path)])
    assert isinstance(run.exception, RehearsalError)
    assert str(run.exception) == (
        f"There is no rehearsal of stack dev of {tmp_path}: run `rehearse up -s dev` there first."
    )
