"""The volume of the uploads, on real block devices."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from slipway_host import volume
from slipway_host.errors import Failure
from slipway_host.paths import Paths

VOLUME = "vol-0123456789abcdef0"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="block devices are root's")

# One partition in an old-fashioned table.
PARTITIONED = (
    r"printf '\200\0\0\0\203\0\0\0\1\0\0\0\1\0\0\0' | dd of={disk} bs=1 seek=446 status=none; "
    r"printf '\125\252' | dd of={disk} bs=1 seek=510 status=none"
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A new volume of 64 MiB, as the host sees it."""
    file = tmp_path / "volume"
    with file.open("wb") as sink:
        sink.truncate(64 * 2**20)
    loop = subprocess.run(["losetup", "--find", "--show", file], capture_output=True, text=True, check=True)
    yield Path(loop.stdout.strip())
    subprocess.run(["losetup", "--detach", loop.stdout.strip()], check=True)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(root=tmp_path / "host", user=None, builder=None)
    paths.media.mkdir(parents=True)
    return paths


def sum_of(disk: Path) -> str:
    return subprocess.run(["sha256sum", disk], capture_output=True, text=True, check=True).stdout


def test_a_disk_is_found_by_the_id_of_its_volume(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    by_id = paths.root / "dev/disk/by-id"
    by_id.mkdir(parents=True)
    for name in ("nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0", "nvme-Amazon_Elastic_Block_Store_vol1"):
        (by_id / name).touch()
    assert volume.wait_for(paths, VOLUME) == by_id / "nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0"
    monkeypatch.setattr(volume, "PATIENCE", 0)
    with pytest.raises(Failure, match="Volume vol-2 is attached to this host and does not show up as /"):
        volume.wait_for(paths, "vol-2")
    (paths.root / "dev/xvdf").touch()
    assert volume.wait_for(paths, "vol-2") == paths.root / "dev/xvdf", "an instance without NVMe"


def test_a_new_volume_is_given_a_file_system_once(disk: Path) -> None:
    volume.make_file_system(disk, VOLUME)
    before = sum_of(disk)
    volume.make_file_system(disk, VOLUME)
    assert sum_of(disk) == before


@pytest.mark.parametrize(
    ("fill", "carries"),
    [
        ("mkswap -q {disk}", "swap"),
        (PARTITIONED, "dos"),
        ("printf data | dd of={disk} bs=1 seek=3000000 status=none", "data that is no file system"),
    ],
)
def test_a_volume_that_carries_anything_is_left_as_it_is(disk: Path, fill: str, carries: str) -> None:
    subprocess.run(["sh", "-euc", fill.format(disk=disk)], check=True, capture_output=True)
    before = sum_of(disk)
    with pytest.raises(Failure) as failure:
        volume.make_file_system(disk, VOLUME)
    assert failure.value.sentence == (
        f"Volume {VOLUME} carries {carries}, not ext4, and is left as it is: save what is on it, then clear it with "
        f"`wipefs --all {disk}` and `blkdiscard --force {disk}`, and run `pulumi up` again."
    )
    assert sum_of(disk) == before


def uploads(disk: Path, paths: Paths) -> dict[str, str]:
    with volume.aside(disk, paths) as inside:
        return {str(path.relative_to(inside)): path.read_text() for path in inside.rglob("*") if path.is_file()}


def test_what_was_uploaded_before_moves_in_at_the_first_use_and_never_again(disk: Path, paths: Paths) -> None:
    volume.make_file_system(disk, VOLUME)
    (paths.media / "photos").mkdir()
    (paths.media / "photos" / "a.txt").write_text("a")
    volume.settle_in(disk, paths)
    assert uploads(disk, paths) == {"photos/a.txt": "a"}
    (paths.media / "b.txt").write_text("b")
    volume.settle_in(disk, paths)
    assert uploads(disk, paths) == {"photos/a.txt": "a"}, "what visitors have deleted since would be back"


def test_a_move_that_was_cut_short_is_completed(disk: Path, paths: Paths) -> None:
    volume.make_file_system(disk, VOLUME)
    for name in ("a", "b"):
        (paths.media / name).write_text(name)
    with volume.aside(disk, paths) as inside:
        (inside / "a").write_text("a")
        (inside / volume.ARRIVING).mkdir()
        (inside / volume.ARRIVING / "b").write_text("")
    volume.settle_in(disk, paths)
    assert uploads(disk, paths) == {"a": "a", "b": "b"}


def test_it_is_mounted_without_devices_programs_or_other_peoples_rights(tmp_path: Path) -> None:
    (tmp_path / "srv-app-media.mount").write_text(volume.unit(Path("/dev/disk/by-id/nvme-x")))
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", tmp_path / "srv-app-media.mount"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "Options=nodev,nosuid,noexec\n" in volume.unit(Path("/dev/x"))


def test_a_volume_whose_size_has_not_arrived_is_waited_for(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume, "PATIENCE", 0)
    monkeypatch.setattr(volume, "GIB", 2**20)
    volume.wait_for_size(disk, VOLUME, 64)
    with pytest.raises(Failure, match="still has 64 GiB here, not the 65 of slipway:mediaVolumeGb: run `pulumi up`"):
        volume.wait_for_size(disk, VOLUME, 65)


def may_resize() -> bool:
    """Whether this computer's root may do what every EC2 host's may: CAP_SYS_RESOURCE is bit 24 of the set."""
    status = Path("/proc/self/status").read_text()
    return bool(int(re.findall(r"^CapEff:\s+(\w+)$", status, re.MULTILINE)[0], 16) >> 24 & 1)


@pytest.mark.skipif(not may_resize(), reason="root lacks CAP_SYS_RESOURCE here, and cannot grow what is mounted")
def test_a_file_system_grows_while_it_is_mounted(disk: Path, paths: Paths, tmp_path: Path) -> None:
    volume.make_file_system(disk, VOLUME)
    with (tmp_path / "volume").open("ab") as sink:
        sink.truncate(128 * 2**20)
    subprocess.run(["losetup", "--set-capacity", disk], check=True)
    with volume.aside(disk, paths) as inside:
        before = os.statvfs(inside).f_blocks
        volume.grow(disk)
        assert os.statvfs(inside).f_blocks > 1.5 * before
