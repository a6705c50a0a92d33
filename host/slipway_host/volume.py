"""The volume that holds what visitors upload: given a file system if it is new, mounted at every boot, and grown."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slipway_host import files, layout
from slipway_host.errors import Failure, tail
from slipway_host.paths import Paths
from slipway_host.run import run
from slipway_host.services import SYSTEMCTL

UNIT = Path("/etc/systemd/system/srv-app-media.mount")
OPTIONS = "nodev,nosuid,noexec"
GIB = 2**30
# A new volume reads as zeros; so much of it is looked at before it is given a file system.
LOOKED_AT = 4 * 2**20
# EC2 shows an attached volume, or its new size, within seconds.
PATIENCE = 60
# Holds a copy of what lay in the folder before there was a volume, until all of it is there.
ARRIVING = ".arriving"


def ensure(paths: Paths, volume: str, size_gb: int) -> None:
    """Safe to repeat, and while the app runs. Never formats what carries data."""
    layout.ensure(paths)
    device = wait_for(paths, volume)
    wait_for_size(device, volume, size_gb)
    make_file_system(device, volume)
    if not mounted(device, paths.media):
        settle_in(device, paths)
        mount(device)
    layout.ensure(paths)
    grow(device)


def wait_for(paths: Paths, volume: str) -> Path:
    """The volume's device: under its id where there is NVMe, else under the name it was attached by."""
    named = f"nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"
    places = [paths.root / "dev/disk/by-id" / named, paths.root / "dev/xvdf"]
    deadline = time.monotonic() + PATIENCE
    while not (found := next((place for place in places if place.exists()), None)):
        if time.monotonic() > deadline:
            raise Failure(
                f"Volume {volume} is attached to this host and does not show up as {places[0]} or {places[1]}: "
                "see `lsblk` and the instance's volumes in the EC2 console."
            )
        time.sleep(0.5)
    return found


def wait_for_size(device: Path, volume: str, size_gb: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while (size := size_of(device)) < size_gb * GIB:
        if time.monotonic() > deadline:
            raise Failure(
                f"Volume {volume} still has {size // GIB} GiB here, not the {size_gb} of slipway:mediaVolumeGb: "
                "run `pulumi up` again in a few minutes."
            )
        time.sleep(0.5)


def size_of(device: Path) -> int:
    """In bytes."""
    with device.open("rb") as disk:
        return disk.seek(0, os.SEEK_END)


def make_file_system(device: Path, volume: str) -> None:
    """ext4, where the volume carries nothing at all."""
    probe = run(["blkid", "--probe", "--output", "export", device])
    found = dict(line.split("=", 1) for line in probe.output.splitlines() if "=" in line)
    if found.get("TYPE") == "ext4":
        return
    if found or not blank(device):
        carries = found.get("TYPE") or found.get("PTTYPE") or "data that is no file system"
        raise Failure(
            f"Volume {volume} carries {carries}, not ext4, and is left as it is: save what is on it, then clear it "
            f"with `wipefs --all {device}` and `blkdiscard --force {device}`, and run `pulumi up` again."
        )
    made = run(["mkfs.ext4", "-q", "-m", "0", device])
    if not made.ok:
        raise Failure(f"Volume {volume} could not be given a file system.", tail(made.output))


def blank(device: Path) -> bool:
    with device.open("rb") as disk:
        return not any(disk.read(LOOKED_AT))


def mounted(device: Path, folder: Path) -> bool:
    return os.path.ismount(folder) and folder.stat().st_dev == device.stat().st_rdev


def settle_in(device: Path, paths: Paths) -> None:
    """A volume's first use: what was uploaded before there was one moves in."""
    with aside(device, paths) as inside:
        files.remove(inside / "lost+found")
        arriving = inside / ARRIVING
        if os.listdir(inside) and not arriving.exists():
            return
        files.empty(arriving, 0o700)
        copied = run(["cp", "--archive", "--", f"{paths.media}/.", arriving])
        if not copied.ok:
            raise Failure("What was uploaded so far could not be copied to the new volume.", tail(copied.output))
        os.sync()
        for item in sorted(arriving.iterdir()):
            item.rename(inside / item.name)
        files.remove(arriving)


@contextmanager
def aside(device: Path, paths: Paths) -> Iterator[Path]:
    """The volume mounted where nothing looks for it."""
    folder = paths.root / "run/slipway-volume"
    folder.mkdir(parents=True, exist_ok=True)
    if not mounted(device, folder):
        done = run(["mount", "-t", "ext4", "-o", OPTIONS, device, folder])
        if not done.ok:
            raise Failure(f"{device} cannot be mounted.", tail(done.output))
    try:
        yield folder
    finally:
        run(["umount", folder])


def mount(device: Path) -> None:
    """Now and at every boot. A host whose volume is gone boots, and its app does not: see app@.service."""
    files.write(UNIT, unit(device))
    run([SYSTEMCTL, "daemon-reload"])
    run([SYSTEMCTL, "enable", "--quiet", UNIT.name])
    done = run([SYSTEMCTL, "restart", UNIT.name])
    if not done.ok:
        said = run(["journalctl", "-q", "--no-pager", "-o", "cat", "-n", "20", "-u", UNIT.name]).output
        raise Failure("The volume of the uploads cannot be mounted.", tail(said))


def unit(device: Path) -> str:
    return f"""[Unit]
Description=What visitors upload

[Mount]
What={device}
Where=/srv/app/media
Type=ext4
Options={OPTIONS}

[Install]
WantedBy=multi-user.target
"""


def grow(device: Path) -> None:
    """The file system to the size of its volume, while it is in use."""
    done = run(["resize2fs", device])
    if not done.ok:
        raise Failure("The file system of the uploads could not be grown to its volume's size.", tail(done.output))
