"""What rehearsals need from the kernel, tried for real: in namespaces that vanish with the trial."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rehearsal import packages, processes
from rehearsal.errors import RehearsalError


@dataclass(frozen=True, kw_only=True)
class Feature:
    """Something the kernel must be able to do, the command that does it, and what to do where it cannot."""

    name: str
    trial: str
    command: str
    remedy: str


RULES = """table ip slipway {
chain leaving { type nat hook postrouting priority 100; masquerade
}
chain passing { type filter hook forward priority 0; ct state established counter accept
}
}"""
FEATURES = (
    Feature(
        name="mount overlay file systems in {place}",
        trial="mkdir low up work root; mount -t overlay slipway -o lowerdir=low,upperdir=up,workdir=work root",
        command="mount",
        remedy="load its module (modprobe overlay), or have {place} on an ordinary file system",
    ),
    Feature(
        name="make block devices of files in {place}",
        trial='truncate -s 1M disk; device=$(losetup --find --show disk); losetup --detach "$device"',
        command="losetup",
        remedy="load its module (modprobe loop)",
    ),
    Feature(
        name="make veth pairs",
        trial="ip link add slipway0 type veth peer name slipway1",
        command="ip",
        remedy="load its module (modprobe veth)",
    ),
    Feature(
        name="translate addresses with nf_tables",
        trial=f"nft -f - <<'END'\n{RULES}\nEND",
        command="nft",
        remedy="load its module (modprobe nft_masq)",
    ),
    Feature(
        name="forward packets in a network namespace",
        trial="echo 1 >/proc/sys/net/ipv4/ip_forward",
        command="sh",
        remedy="make /proc/sys writable",
    ),
)


def findings(place: Path) -> list[str]:
    """One sentence for each thing the kernel does not do; machines are to live below `place`.

    A feature whose command is not installed yet is left out.
    """
    while not place.exists():
        place = place.parent
    if refusal := _try("true", place):
        return [
            f"This machine does not let root make mount and network namespaces ({refusal}): "
            "rehearse on a machine or virtual machine of its own, or in a privileged container."
        ]
    found = _control_groups()
    for feature in FEATURES:
        if packages.find(feature.command) and (refusal := _try(feature.trial, place)):
            sentence = f"The kernel does not {feature.name} ({refusal}): {feature.remedy}."
            found.append(sentence.replace("{place}", str(place)))
    return found


def _try(trial: str, place: Path) -> str:
    """Empty when it worked, else the reason."""
    with tempfile.TemporaryDirectory(prefix="slipway-trial-", dir=place) as scratch:
        done = subprocess.run(
            ["unshare", "--mount", "--net", "sh", "-euc", trial],
            cwd=scratch,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"LC_ALL": "C", "PATH": os.pathsep.join([os.environ.get("PATH", ""), *packages.SBIN])},
        )
    if done.returncode == 0:
        return ""
    return done.stderr.strip().partition("\n")[0] or f"exit code {done.returncode}"


def _control_groups() -> list[str]:
    try:
        for hierarchy in processes.hierarchies():
            branch = hierarchy / f"slipway-trial-{os.getpid()}"
            branch.mkdir()
            branch.rmdir()
    except RehearsalError as error:
        return [str(error)]
    except OSError as error:
        return [f"Control groups cannot be made ({error}): in a container, run it privileged with its own cgroups."]
    return []
