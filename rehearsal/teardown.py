"""Take a whole rehearsal away, by the names of its things: works after any crash, and when half of it is gone."""

import subprocess
from pathlib import Path

from rehearsal import disks, homes, network, processes
from rehearsal.homes import Home
from rehearsal.shell import attempt


def remove(home: Home) -> None:
    """End every process, wire, mount and file of the rehearsal."""
    for name in processes.named(home.prefix):
        processes.stop(name)
    for mount in _mounts(home.path):
        attempt(["umount", mount]) or attempt(["umount", "--lazy", mount])
    disks.release(home)
    network.close_cloud(home)
    subprocess.run(["rm", "-rf", "--one-file-system", str(home.path / "machines")], check=False)
    homes.release(home)


def _mounts(folder: Path) -> list[str]:
    """What is mounted below a folder, the innermost first."""
    points = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    return sorted((point for point in points if point.startswith(f"{folder}/")), key=len, reverse=True)
