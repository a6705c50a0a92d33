"""A rehearsal is taken away by the names of its things, whether all, half or none of it is there."""

import os
import subprocess
from pathlib import Path

import pytest

from rehearsal import homes, network, processes, teardown
from rehearsal.homes import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(homes, "ROOT", tmp_path / "rehearsals")
    return homes.claim(tmp_path / "project", "local", tmp_path / "rehearsals")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(processes, "named", lambda prefix: {f"{prefix}-dns", f"{prefix}-m1"})
    monkeypatch.setattr(processes, "stop", lambda name: done.append(f"stop {name}"))
    monkeypatch.setattr(network, "close_cloud", lambda home: done.append(f"close {home.prefix}"))
    return done


def test_processes_end_before_their_wires_and_files_go(home: Home, steps: list[str]) -> None:
    (home.path / "machines" / "m1" / "root").mkdir(parents=True)
    teardown.remove(home)
    assert sorted(steps[:2]) == ["stop slw0-dns", "stop slw0-m1"] and steps[2:] == ["close slw0"]
    assert not home.path.exists()


def test_a_second_time_is_no_failure(home: Home, steps: list[str]) -> None:
    teardown.remove(home)
    teardown.remove(home)
    assert not home.path.exists()


def test_what_belongs_to_another_rehearsal_stays(home: Home, steps: list[str], tmp_path: Path) -> None:
    other = homes.claim(tmp_path / "project", "prod", tmp_path / "rehearsals")
    teardown.remove(home)
    assert homes.every(tmp_path / "rehearsals") == [other]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting is root's")
def test_what_is_mounted_is_unmounted_the_innermost_first(home: Home, steps: list[str]) -> None:
    outer = home.path / "machines" / "m1" / "root"
    inner = outer / "proc"
    try:
        for place in (outer, inner):
            place.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "-t", "tmpfs", "none", str(place)], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"nothing can be mounted here: {error.stderr.decode().strip()}")
    teardown.remove(home)
    assert not home.path.exists()
    assert str(home.path) not in Path("/proc/mounts").read_text()
