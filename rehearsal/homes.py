"""Where one rehearsal keeps what it made, and the slot that keeps it apart from the others."""

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import IO

from rehearsal.errors import RehearsalError

ROOT = Path("/var/lib/slipway/rehearsals")
# RFC 2544 sets 198.18.0.0/15 apart for benchmarks between devices of one's own: no host on the internet has it.
RANGE = IPv4Network("198.18.0.0/15")
SLOTS = 254


@dataclass(frozen=True, kw_only=True)
class Home:
    """The folder, names and addresses of one rehearsal: one stack of one checkout."""

    project: Path
    stack: str
    slot: int
    path: Path

    @property
    def prefix(self) -> str:
        """What every network namespace, interface, control group and table of this rehearsal is called after."""
        return f"slw{self.slot}"

    @property
    def acme_root(self) -> Path:
        """The root that the site's certificate chains to: what a browser must trust during a rehearsal."""
        return self.path / "caCertificate.pem"

    @property
    def network(self) -> IPv4Network:
        """The public addresses of this rehearsal: a /24."""
        return list(RANGE.subnets(new_prefix=24))[self.slot]

    @property
    def outside(self) -> IPv4Address:
        """This computer, seen from the stand-in cloud: the internet, the DNS and the ACME server live here."""
        return self.network[1]

    @property
    def uplink(self) -> IPv4Address:
        """The stand-in cloud's own address on the link to this computer."""
        return self.network[2]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one `rehearse` at a time works on a stack; RehearsalError names the other one."""
        try:
            lock = (self.path / "lock").open("a+")
        except FileNotFoundError:
            raise self._gone() from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise RehearsalError(
                    f"Stack {self.stack} is being rehearsed by process {lock.read().strip() or 'unknown'} already: "
                    "wait for it, or end it."
                ) from None
            if not _is_current(self.path / "lock", lock):
                raise self._gone()
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def _gone(self) -> RehearsalError:
        return RehearsalError(
            f"Stack {self.stack} was destroyed by another `rehearse` just now: run the command again."
        )


def find(project: Path, stack: str, root: Path = ROOT) -> Home | None:
    """The home of this checkout's stack, if a rehearsal of it was ever begun."""
    return next((home for home in every(root) if (home.project, home.stack) == (project, stack)), None)


def every(root: Path = ROOT) -> list[Home]:
    """Every rehearsal on this computer, of any checkout."""
    found = []
    for path in sorted(root.glob("*/identity")):
        folder = path.parent
        try:
            row = json.loads(path.read_text())
        except ValueError:
            # Its slot stays taken; the others are not stopped by it.
            print(f"{path} is damaged: once this computer was restarted, remove {folder}.", file=sys.stderr)
            continue
        found.append(Home(project=Path(row["project"]), stack=row["stack"], slot=int(folder.name), path=folder))
    return found


def claim(project: Path, stack: str, root: Path = ROOT) -> Home:
    """The home of this checkout's stack, made if there is none: the lowest free slot."""
    with _alone(root):
        if home := find(project, stack, root):
            return home
        for slot in range(SLOTS):
            path = root / str(slot)
            if (path / "identity").exists():
                continue
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir(mode=0o700)
            draft = path / "identity.new"
            with draft.open("w") as sink:
                json.dump({"project": str(project), "stack": stack}, sink)
                sink.flush()
                # A power cut must not leave it empty: every rehearsal of this computer reads it.
                os.fsync(sink.fileno())
            draft.rename(path / "identity")
            return Home(project=project, stack=stack, slot=slot, path=path)
    raise RehearsalError(f"All {SLOTS} rehearsal slots are taken: `rehearse destroy` the stacks you no longer need.")


def release(home: Home) -> None:
    """Forget the rehearsal: its folder goes, and the folders above it that are empty then."""
    root = home.path.parent
    with _alone(root):
        (home.path / "identity").unlink(missing_ok=True)
        shutil.rmtree(home.path, ignore_errors=True)
        if not any(path.is_dir() for path in root.iterdir()):
            shutil.rmtree(root, ignore_errors=True)
            if root == ROOT and not any(ROOT.parent.iterdir()):
                ROOT.parent.rmdir()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Only one process at a time gives slots out or takes them back."""
    while True:
        root.mkdir(parents=True, exist_ok=True)
        with (root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Whoever held it may have removed the folder with the lock in it.
            if _is_current(root / ".lock", lock):
                yield
                return


def _is_current(path: Path, opened: IO[str]) -> bool:
    """Whether the open file is still the one at that path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(opened.fileno()))
    except FileNotFoundError:
        return False
