"""Long-lived processes of a rehearsal, each in a control group of its own, so that none is ever lost."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from rehearsal.errors import RehearsalError

# The unified hierarchy, and beside it, on a hybrid host, systemd's own: systemd-nspawn boots in both.
ROOTS = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd"))

# One that writes to a busy disk ends when that has taken it.
ENDING = 60


def hierarchies() -> list[Path]:
    """The control group trees that a booted machine needs a branch in."""
    found = [root for root in ROOTS if (root / "cgroup.procs").exists()]
    if not found:
        raise RehearsalError("No control group hierarchy is mounted at /sys/fs/cgroup: a machine cannot boot here.")
    return found


def groups(name: str) -> list[Path]:
    """The branches of one process, whether they exist or not."""
    return [root / name for root in hierarchies()]


def start(name: str, argv: Sequence[str], log: Path) -> None:
    """Start a process that outlives this one, in control group `name`, its output in `log`."""
    branches = groups(name)
    for branch in branches:
        branch.mkdir(exist_ok=True)

    def enter() -> None:
        for branch in branches:
            (branch / "cgroup.procs").write_text(str(os.getpid()))

    try:
        with log.open("ab") as sink:
            subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=enter,
            )
    except FileNotFoundError:
        stop(name)
        raise RehearsalError(f"{argv[0]} is not installed: run `make up`, which installs what it needs.") from None


def pids(name: str) -> set[int]:
    """Every live process in the control group and below it."""
    found: set[int] = set()
    for branch in groups(name):
        # Groups come and go while a machine boots: os.walk, unlike Path.rglob, passes over one that has just gone.
        for folder, _, _ in os.walk(branch):
            try:
                found |= {int(line) for line in Path(folder, "cgroup.procs").read_text().split()}
            except OSError:
                continue
    return found


def stop(name: str) -> None:
    """End the process and all its children at once; RehearsalError if they will not go within ENDING seconds."""
    deadline = time.monotonic() + ENDING
    while left := pids(name):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        _reap(left)
        if time.monotonic() > deadline:
            raise RehearsalError(f"Processes {sorted(left)} of {name} do not end: a disk or kernel problem.")
        time.sleep(0.01)
    for branch in groups(name):
        for folder, _, _ in os.walk(branch, topdown=False):
            _remove(Path(folder))


def named(prefix: str) -> set[str]:
    """The control groups of one rehearsal."""
    return {path.name for root in hierarchies() for path in root.glob(f"{prefix}-*") if path.is_dir()}


def _reap(left: set[int]) -> None:
    for pid in left:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            continue


def _remove(branch: Path) -> None:
    """Remove an empty control group: the kernel lets go of the last process a moment after its end."""
    for _ in range(100):
        try:
            branch.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
