"""The engine is found on PATH, in the cache, downloaded or built; nothing unchecked is ever trusted."""

import fcntl
import os
import threading
from pathlib import Path

import pytest
import yaml

from rehearsal.engine import environment, versions
from rehearsal.errors import RehearsalError
from tests.unit.engines import CLOSED, PULUMI, VERSION, cache, cached, find, go, in_cache, offline
from tests.unit.machine import Machine, script
from tests.unit.running import ROOT


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return offline(tmp_path, monkeypatch)


def test_a_pulumi_on_path_that_is_new_enough_is_used(machine: Machine) -> None:
    here = machine.has("pulumi", "#!/bin/sh\necho v3.250.0\n")
    assert find(machine) == here


def test_the_cli_asks_for_the_same_version_by_itself() -> None:
    document = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    assert document["requiredPulumiVersion"] == f">={'.'.join(map(str, versions.OLDEST_PULUMI))}"


def test_an_old_pulumi_on_path_is_passed_over_and_the_reason_is_told(machine: Machine) -> None:
    here = machine.has("pulumi", "#!/bin/sh\necho v3.249.9\n")
    machine.has("go", go())
    assert find(machine) == cache().pulumi
    assert f"PATH: {here} is 3.249.9, and 3.250.0 is needed." in machine.said.getvalue()


def test_a_pulumi_on_path_that_does_not_run_is_passed_over(machine: Machine) -> None:
    here = machine.has("pulumi", "#!/bin/sh\nexit 1\n")
    machine.has("go", go())
    find(machine)
    assert f"PATH: {here} is of unknown version, and 3.250.0 is needed." in machine.said.getvalue()


def test_a_cached_engine_is_used_without_a_word(machine: Machine) -> None:
    pulumi = cached()
    machine.has("go", go())
    assert find(machine) == pulumi
    assert (machine.calls("go"), machine.said.getvalue()) == ([], "")


def test_a_damaged_cache_is_told_and_made_anew(machine: Machine) -> None:
    pulumi = cached()
    pulumi.write_text(PULUMI + "# flipped\n")
    machine.has("go", go())
    assert find(machine) == pulumi
    assert f"Cache: {pulumi} is damaged: it does not match its checksum." in machine.said.getvalue()
    assert cache().get() == pulumi


def test_a_cached_engine_without_its_checksum_is_not_trusted(machine: Machine) -> None:
    pulumi = cached()
    cache().checksum.unlink()
    with pytest.raises(RehearsalError, match="is damaged"):
        cache().get()
    assert pulumi.exists()


def test_a_failed_build_is_one_sentence_with_all_four_tries(machine: Machine) -> None:
    machine.has("go", go(build="echo 'link: signal: killed' >&2; exit 1"))
    with pytest.raises(RehearsalError) as refused:
        find(machine)
    url = f"{CLOSED}/v{VERSION}/pulumi-{VERSION}-checksums.txt"
    assert str(refused.value) == (
        "There is no Pulumi engine to rehearse with. PATH: there is no pulumi command. "
        f"Cache: nothing at {cache().pulumi} yet. "
        f"Official download: {url} cannot be reached: [Errno 111] Connection refused. "
        "Go build: `go build` failed: a | link: signal: killed. "
        "Install pulumi 3.250.0 or newer, or clear one of these ways, and run this again."
    )
    assert in_cache() == ["lock"]


def test_the_second_of_two_waits_says_so_and_takes_what_the_first_made(machine: Machine) -> None:
    machine.has("go", go())
    found: list[Path] = []
    cache().root.mkdir(parents=True)
    with (cache().root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        second = threading.Thread(target=lambda: found.append(find(machine)))
        second.start()
        while second.is_alive() and "waiting" not in machine.said.getvalue():
            threading.Event().wait(0.02)
        with cache().drafting() as draft:
            pulumi = cache().put(script(draft / "pulumi", PULUMI))
    second.join()
    assert found == [pulumi]
    assert machine.calls("go") == []
    assert machine.said.getvalue().startswith("Process 4711 is preparing the Pulumi engine: waiting for it.\n")


def test_a_cache_that_cannot_be_written_is_told(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(RehearsalError) as refused:
        find(machine)
    assert str(refused.value) == f"The engine cache {tmp_path}/file/slipway/engine cannot be written: Not a directory."


def test_the_environment_of_an_engine_is_apart_from_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PULUMI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-mine")
    monkeypatch.setenv("PATH", "/usr/bin")
    variables = environment(tmp_path / "engine/pulumi", tmp_path / "home", tmp_path / "state")
    assert variables["PULUMI_ACCESS_TOKEN"] == ""
    assert variables["PATH"] == f"{tmp_path}/engine:/usr/bin"
    assert variables["PULUMI_HOME"] == f"{tmp_path}/home"
    assert variables["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/state"


@pytest.mark.parametrize(
    ("text", "version"),
    [("v3.259.0\n", (3, 259, 0)), ("go1.26", (1, 26, 0)), ("go1.26.8-X:x", (1, 26, 8)), ("", None), ("dev", None)],
)
def test_versions_are_read_from_what_commands_print(text: str, version: versions.Version | None) -> None:
    assert versions.parse(text) == version
