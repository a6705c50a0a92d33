"""The policy pack in a preview by the real engine. A stand-in for the official CLI's launcher starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.policies import environments
from tests.rehearsal.rig import checkout
from tests.unit.running import ROOT

Preview = Callable[[], tuple[int, str]]
DATABASE = Path("components/database.py")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of this repository, to be changed."""
    return checkout(tmp_path / "project")


@pytest.fixture
def preview(project: Path, tmp_path: Path) -> Preview:
    """Previews prod with the pack at the door; gives the exit code and all that the engine says."""
    python = environments.python_of("pack")
    launcher = tmp_path / "bin" / "pulumi-analyzer-policy-python"
    launcher.parent.mkdir()
    launcher.write_text(f"#!/bin/sh\nexec {python} -u .\n")
    launcher.chmod(0o755)
    environment = os.environ | {"PATH": f"{launcher.parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "tests.policies.preview", str(project)]

    def run() -> tuple[int, str]:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
        return done.returncode, done.stdout + done.stderr

    return run


def test_production_as_committed_passes(preview: Preview) -> None:
    code, said = preview()
    assert code == 0 and "[mandatory]" not in said, said[-2000:]
    assert "slipway@v" in said, "the engine asked no pack"
    # A preview does not know what AWS will answer: those rules are put off to the update, and only those.
    put_off = set(re.findall(r"can't run policy '(\S+)'", said))
    assert put_off == {"database-final-snapshot", "iam-actions-named", "iam-principals-named", "topic-encrypted"}


def test_a_program_that_opens_the_database_is_refused(preview: Preview, project: Path) -> None:
    program = project / DATABASE
    private, public = '"publicly_accessible": False', '"publicly_accessible": True'
    assert private in program.read_text()
    program.write_text(program.read_text().replace(private, public))
    code, said = preview()
    assert code == 1 and "[mandatory]  database-private" in said, said[-2000:]
    assert "database-instance has a public address; set publiclyAccessible to false." in said
