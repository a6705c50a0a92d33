"""Machines: an overlay on a base tree, booted by systemd-nspawn in a network namespace of its own."""

import contextlib
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from rehearsal import network, processes
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home
from rehearsal.shell import attempt, run

# systemd gives a unit 90 seconds to stop.
HALT_SECONDS = 100
# systemd-nspawn with --keep-unit ends with this code when its machine reboots, for a service manager to start it again.
REBOOTING = 'while :; do "$@"; code=$?; [ "$code" -eq 133 ] || exit "$code"; done'


def folder(home: Home, device: str) -> Path:
    return home.path / "machines" / device


def root(home: Home, device: str) -> Path:
    """The machine's file system, as this computer sees it while it is mounted."""
    return folder(home, device) / "root"


def disks(home: Home, device: str) -> Path:
    """The machine's /dev/disk: what appears in it while the machine runs is there at once, and after a reboot."""
    return folder(home, device) / "disk"


def create(home: Home, device: str, base: Path, files: Mapping[str, tuple[str, int]]) -> None:
    """A machine's disk: the base and, over it, `files` (path in the machine → text, mode). Not booted yet."""
    place = folder(home, device)
    for part in ("upper", "work", "root"):
        (place / part).mkdir(parents=True, exist_ok=True, mode=0o755)
    (place / "base").write_text(str(base))
    mount(home, device)
    for path, (text, mode) in files.items():
        write(home, device, path, text, mode)


def write(home: Home, device: str, path: str, text: str, mode: int = 0o644) -> None:
    """Put one file into a machine, in place of whatever is there: a link is not followed out of the machine."""
    target = root(home, device) / path.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.chmod(mode)
    draft.rename(target)


def mount(home: Home, device: str) -> None:
    place = folder(home, device)
    if (place / "root").is_mount():
        return
    base = Path((place / "base").read_text())
    if not base.is_dir():
        raise RehearsalError(
            f"Machine {device} of stack {home.stack} stands on {base}, which is gone: `rehearse destroy`, then `up`."
        )
    layers = f"lowerdir={base},upperdir={place / 'upper'},workdir={place / 'work'}"
    run(["mount", "-t", "overlay", "overlay", "-o", layers, str(place / "root")])


def boot(home: Home, device: str) -> None:
    """Start the machine; it comes up by itself from here, as an instance does."""
    mount(home, device)
    disks(home, device).mkdir(exist_ok=True)
    # Only a control group that is the machine's own lets systemd inside manage its services.
    processes.start(
        f"{home.prefix}-{device}",
        [
            *("sh", "-c", REBOOTING, "sh"),
            "systemd-nspawn",
            "--quiet",
            f"--directory={root(home, device)}",
            f"--machine={home.prefix}-{device}",
            "--boot",
            "--register=no",
            "--keep-unit",
            "--console=read-only",
            "--resolv-conf=off",
            "--timezone=off",
            "--link-journal=no",
            "--capability=CAP_NET_ADMIN",
            f"--bind={disks(home, device)}:/dev/disk",
            f"--network-namespace-path=/run/netns/{network.namespace(home, device)}",
        ],
        folder(home, device) / "console.log",
    )


def running(home: Home, device: str) -> bool:
    return bool(processes.pids(f"{home.prefix}-{device}"))


def execute(home: Home, device: str, argv: list[str], *, stdin: str = "") -> str:
    """Run a command inside a booted machine, as its own root; RehearsalError carries what it said."""
    leader = _leader(home, device)
    return run(["nsenter", f"--target={leader}", "--all", "--", *argv], stdin=stdin)


def halt(home: Home, device: str) -> None:
    """Have the machine shut itself down; what is left of it after a while is ended."""
    if running(home, device):
        with contextlib.suppress(RehearsalError):
            execute(home, device, ["systemctl", "poweroff"])
        deadline = time.monotonic() + HALT_SECONDS
        while running(home, device) and time.monotonic() < deadline:
            time.sleep(0.1)
    processes.stop(f"{home.prefix}-{device}")


def mounts(home: Home, device: str) -> list[str]:
    """What is mounted in the machine, in the words of proc(5)'s mountinfo; nothing where it is down."""
    if not running(home, device):
        return []
    return Path(f"/proc/{_leader(home, device)}/mountinfo").read_text().splitlines()


def _leader(home: Home, device: str) -> int:
    """The machine's own process 1, seen from outside."""
    for pid in sorted(processes.pids(f"{home.prefix}-{device}")):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        if re.search(r"^NSpid:\s+\d+\s+1$", status, re.MULTILINE):
            return pid
    raise RehearsalError(f"Machine {device} of stack {home.stack} is not running: {_last_words(home, device)}")


def _last_words(home: Home, device: str) -> str:
    log = folder(home, device) / "console.log"
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
    return lines[-1].strip() if lines else "it left no word on its console."


def remove(home: Home, device: str) -> None:
    """End the machine and take its disk and wires away; what is gone already is no failure."""
    processes.stop(f"{home.prefix}-{device}")
    network.detach(home, device)
    place = folder(home, device)
    while (place / "root").is_mount():
        if not attempt(["umount", str(place / "root")]):
            attempt(["umount", "--lazy", str(place / "root")])
    # rm, not Python: it removes a quarter of a million small files several times faster.
    subprocess.run(["rm", "-rf", "--one-file-system", str(place)], check=False)
    shutil.rmtree(place, ignore_errors=True)
