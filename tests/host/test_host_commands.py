"""The command line, the lock, and the files that are there entirely or not at all."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from pathlib import Path

import pytest
from slipway_host import archive, cli, files, lock, status
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.run import run
from slipway_host.services import described

from tests.host.host_standins import GIVEN, host, prepared


def test_activate_reads_the_environment_from_its_input(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths, services = host(root)
    prepared(paths, "r1")
    monkeypatch.setattr("sys.stdin", io.StringIO(GIVEN))
    assert cli.main(["activate", "--release", "r1", "--config-digest", "d1"], paths, services) == 0
    assert services.marked("active") == {"blue"}


class Unheard(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_an_activation_whose_caller_has_gone_is_completed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths, services = host(root)
    prepared(paths, "r1")
    monkeypatch.setattr("sys.stdin", io.StringIO(GIVEN))
    monkeypatch.setattr("sys.stdout", Unheard())
    assert cli.main(["activate", "--release", "r1", "--config-digest", "d1"], paths, services) == 0
    assert services.marked("active") == {"blue"}


def test_a_failure_is_the_tools_last_lines_and_then_one_sentence(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        cli.main(["prepare", "--release", "../etc", "--archive", "/x"], Paths(root=root, user=None, builder=None)) == 1
    )
    assert capsys.readouterr().err == (
        "slipway-host: '../etc' is no id for a release: letters, digits, dots, dashes and underscores.\n"
    )


def test_wrong_usage_exits_with_2() -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["prepare"])
    assert ended.value.code == 2


def test_a_second_slipway_host_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with (
        lock.held(path, "activate of release r1"),
        pytest.raises(Failure, match=rf"at work on this host: activate of release r1 \(process {os.getpid()}, since"),
        lock.held(path, "prepare of release r2", patience=0.2),
    ):
        pass
    with lock.held(path, "prepare of release r2", patience=0):
        assert path.read_text().startswith("prepare of release r2 (")


def test_a_file_is_replaced_whole_and_only_its_owner_reads_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "app.env"
    files.write(path, "long " * 100, 0o600)
    files.write(path, "short", 0o600)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode), os.listdir(tmp_path)) == ("short", 0o600, ["app.env"])


def test_an_archive_comes_out_readable_and_writable_by_its_owner_only(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        for name, mode in [("manage.py", 0o700), ("settings.py", 0o666)]:
            member = tarfile.TarInfo(name)
            member.mode = mode
            tar.addfile(member)
    archive.unpack(tmp_path / "a.tar.gz", tmp_path / "src")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "src").iterdir()}
    assert modes == {"manage.py": 0o755, "settings.py": 0o644}


@pytest.mark.parametrize("name", ["../outside", "/outside"])
def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "../../etc/passwd"
        tar.addfile(link)
    with pytest.raises(Failure, match="cannot be unpacked"):
        archive.unpack(tmp_path / "a.tar.gz", tmp_path / "src")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("place", [0.5, 1], ids=["in its midst", "at its end"])
def test_an_archive_that_was_damaged_on_its_way_is_refused(tmp_path: Path, place: float) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("data")
        member.size = 100_000
        tar.addfile(member, io.BytesIO(os.urandom(50_000) + bytes(50_000)))
    damaged = bytearray(path.read_bytes())
    start = int((len(damaged) - 8) * place)
    damaged[start : start + 8] = b"\xff" * 8
    path.write_bytes(damaged)
    with pytest.raises(Failure, match="cannot be unpacked"):
        archive.unpack(path, tmp_path / "src")


def test_a_program_gets_no_more_of_our_environment_than_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-caller")
    assert "of-the-caller" not in run(["env"], environment={"GIVEN": "1"}).output


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_program_run_as_the_app_has_none_of_our_rights() -> None:
    said = run(["id"], user="www-data", folder=Path("/")).output
    assert said.count("www-data") >= 2 and "root" not in said


def test_a_full_disk_is_told_as_such_and_leaves_no_half_release(
    small_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo("manage.py")
        member.size = 2**21
        tar.addfile(member, io.BytesIO(bytes(2**21)))
    paths = Paths(root=small_disk, user=None, builder=None)
    assert cli.main(["prepare", "--release", "r1", "--archive", str(tmp_path / "a.tar.gz")], paths) == 1
    assert capsys.readouterr().err == (
        "slipway-host: The disk of this host is full: `sudo slipway-host prune` there removes old releases, `df -h` "
        "and `du` say what else fills it.\n"
    )
    assert os.listdir(paths.releases) == []


@pytest.mark.parametrize(
    ("state", "since"),
    [("active", "2026-11-23T00:05:01Z"), ("reloading", "2026-11-23T00:05:01Z"), ("failed", "2026-11-24T08:00:00Z")],
)
def test_a_unit_that_was_reloaded_is_active_since_it_was_started(state: str, since: str) -> None:
    shown = (
        f"Id=nginx.service\nActiveState={state}\nStateChangeTimestamp=Tue 2026-11-24 08:00:00 UTC\n"
        "ActiveEnterTimestamp=Mon 2026-11-23 00:05:01 UTC\n"
    )
    assert described(shown) == {"name": "nginx.service", "state": state, "since": since}


def test_a_unit_that_never_ran_is_inactive_since_never() -> None:
    units = [{"name": "app@green.service", "state": "inactive", "since": ""}]
    now = {"live": None, "units": units, "held": [], "disk": None, "busy": None}
    assert status.sentences(now)[-1] == "status: app@green.service is inactive"


def test_who_is_not_root_is_told_to_be(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/run/slipway.lock")

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setitem(cli.COMMANDS, "prune", refuse)
    assert cli.main(["prune"], Paths(root=root)) == 1
    assert capsys.readouterr().err == (
        "slipway-host: The operating system refused: [Errno 13] Permission denied: '/run/slipway.lock'. "
        "Only root may: give sudo before it.\n"
    )
