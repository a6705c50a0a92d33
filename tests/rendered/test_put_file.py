"""put_file, run for real in a folder of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from components.rendering import render_text


def put(path: Path, content: str, then: str = "", mode: str = "0640") -> subprocess.CompletedProcess[str]:
    """Runs the step as the user of the test."""
    text = render_text(
        "remote/put_file.sh.j2", path=str(path), mode=mode, owner=str(os.getuid()), group=str(os.getgid()), then=then
    )
    return subprocess.run(["sh", "-euc", text], input=content, capture_output=True, text=True, check=False)


def test_a_file_is_made_with_its_folder_and_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "new folder/a file"
    assert put(path, "text").returncode == 0
    assert path.read_text() == "text"
    assert oct(path.stat().st_mode & 0o777) == "0o640"
    assert [entry.name for entry in path.parent.iterdir()] == ["a file"]


def test_the_check_sees_the_new_file_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    result = put(path, "new", then=f'grep -q new {path} && echo "checked it\'s new"')
    assert (result.returncode, result.stdout, path.read_text()) == (0, "checked it's new\n", "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_file_that_fails_its_check_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    result = put(path, "new", then="false")
    assert (result.returncode, path.read_text()) == (1, "old")
    assert result.stderr == f"{path} is as it was before: its new text did not pass the check above.\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_first_file_that_fails_its_check_is_gone(tmp_path: Path) -> None:
    assert put(tmp_path / "file", "new", then="echo broken >&2; false").returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_any_failing_command_of_a_check_counts(tmp_path: Path) -> None:
    assert put(tmp_path / "file", "new", then="false; true").returncode == 1
    assert list(tmp_path.iterdir()) == []
