"""EBS volumes: sparse files that become block devices while they are attached to a machine."""

import os
import re
from pathlib import Path

from rehearsal import machines
from rehearsal.homes import Home
from rehearsal.shell import attempt, run

GIB = 2**30
LINE = re.compile(r"^(?P<loop>/dev/loop\d+): .*\((?P<file>.*)\)$", re.MULTILINE)


def image(home: Home, volume: str) -> Path:
    return home.path / "volumes" / volume


def create(home: Home, volume: str, size_gb: int) -> None:
    image(home, volume).parent.mkdir(exist_ok=True)
    resize(home, volume, size_gb)


def resize(home: Home, volume: str, size_gb: int) -> None:
    """A machine that has it sees the new size at once."""
    file = image(home, volume)
    with file.open("ab") as disk:
        disk.truncate(size_gb * GIB)
    for loop in _loops(file):
        run(["losetup", "--set-capacity", loop])


def attach(home: Home, volume: str, device: str) -> None:
    """Show the volume to a machine, whether or not it saw it before; the name is udev's for an NVMe disk of EBS's."""
    loop = next(iter(_loops(image(home, volume))), None)
    loop = loop or run(["losetup", "--find", "--show", "--nooverlap", str(image(home, volume))]).strip()
    node = _node(home, volume, device)
    node.parent.mkdir(parents=True, exist_ok=True)
    node.unlink(missing_ok=True)
    run(["mknod", "--mode=0660", str(node), "b", *_number(loop)])


def detach(home: Home, volume: str, device: str) -> None:
    """Take it from the machine; what is gone already is no failure."""
    _node(home, volume, device).unlink(missing_ok=True)
    _let_go(image(home, volume))


def busy(home: Home, volume: str, device: str) -> bool:
    """Whether the machine has it mounted."""
    numbers = {":".join(_number(loop)) for loop in _loops(image(home, volume))}
    return any(line.split()[2] in numbers for line in machines.mounts(home, device))


def remove(home: Home, volume: str) -> None:
    _let_go(image(home, volume))
    image(home, volume).unlink(missing_ok=True)


def release(home: Home) -> None:
    """Free every loop device of the rehearsal."""
    for match in LINE.finditer(run(["losetup", "--all"])):
        if match["file"].startswith(f"{home.path}/"):
            attempt(["losetup", "--detach", match["loop"]])


def _let_go(file: Path) -> None:
    for loop in _loops(file):
        attempt(["losetup", "--detach", loop])


def _node(home: Home, volume: str, device: str) -> Path:
    return machines.disks(home, device) / "by-id" / f"nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"


def _loops(file: Path) -> list[str]:
    return [match["loop"] for match in LINE.finditer(run(["losetup", "--associated", str(file)]))]


def _number(loop: str) -> tuple[str, str]:
    number = os.stat(loop).st_rdev
    return str(os.major(number)), str(os.minor(number))
