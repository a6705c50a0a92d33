"""The Debian trees that machines start from: made once by mmdebstrap, kept in the cache."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rehearsal import homes
from rehearsal.errors import RehearsalError

SUITE = "trixie"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
COMMON = ("systemd", "systemd-sysv", "dbus", "ca-certificates", "iproute2")


@dataclass(frozen=True, kw_only=True)
class Base:
    """One kind of machine: the packages it is born with and what makes it bootable as such."""

    name: str
    packages: tuple[str, ...]
    script: str

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join((SUITE, *self.packages, self.script)).encode()).hexdigest()[:12]


# What Debian's own cloud image has and the program relies on: cloud-init, sshd, sudo, Python.
SERVER = Base(
    name="server",
    packages=(*COMMON, "cloud-init", "openssh-server", "sudo", "python3", "netbase", "cron", "tzdata"),
    script="""
        rm -f "$1"/etc/ssh/ssh_host_*
        printf 'network: {config: disabled}\\n' >"$1/etc/cloud/cloud.cfg.d/90_network.cfg"
        printf 'manage_etc_hosts: true\n' >"$1/etc/cloud/cloud.cfg.d/01_debian_cloud.cfg"
        printf 'datasource_list: [NoCloud]\\n' >"$1/etc/cloud/cloud.cfg.d/90_datasource.cfg"
        sed -i 's/^     name: debian$/     name: admin/' "$1/etc/cloud/cloud.cfg"
        grep -q '^     name: admin$' "$1/etc/cloud/cloud.cfg"
        : >"$1/etc/machine-id"
        : >"$1/etc/fstab"
    """,
)
POSTGRES = Base(
    name="postgres",
    packages=(*COMMON, "postgresql-17"),
    script="""
        : >"$1/etc/machine-id"
        test -d "$1/var/lib/postgresql/17/main"
    """,
)


def ensure(base: Base, cache: Path, report: Callable[[str], None]) -> Path:
    """The base's tree in the cache, made now if it is not there; RehearsalError says why it cannot be made."""
    tree = cache / "machines" / f"{base.name}-{base.digest}"
    if tree.exists():
        return tree
    tree.parent.mkdir(parents=True, exist_ok=True)
    with (tree.parent / f".{base.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if tree.exists():
            return tree
        for left in set(tree.parent.glob(f"{base.name}-*")) - _in_use():
            shutil.rmtree(left, ignore_errors=True)
        draft = tree.with_name(f"{tree.name}.partial")
        report(f"Making the {base.name} machine's Debian tree, once: about half a minute.")
        _bootstrap(base, draft, report)
        draft.rename(tree)
    return tree


def _in_use() -> set[Path]:
    """The trees that machines of any rehearsal stand on, another checkout's included."""
    return {Path(base.read_text()) for home in homes.every() for base in (home.path / "machines").glob("*/base")}


def _bootstrap(base: Base, tree: Path, report: Callable[[str], None]) -> None:
    command = [
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        f"--include={','.join(base.packages)}",
        f'--customize-hook=set -eu -- "$1";{base.script}',
        SUITE,
        str(tree),
    ]
    if KEYRING.exists():
        command.insert(1, f"--keyring={KEYRING}")
    log = tree.with_name(f".{base.name}.log")
    begun = time.monotonic()
    environment = {**os.environ, "TMPDIR": str(tree.parent)}
    with (
        log.open("w") as sink,
        subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment
        ) as making,
    ):
        while making.poll() is None:
            time.sleep(0.2)
            elapsed = time.monotonic() - begun
            if int(elapsed) % 5 == 0 and elapsed % 1 < 0.2 and elapsed > 1:
                report(f"  {base.name}: {elapsed:.0f} s, {_size(tree)} MB so far")
    if making.returncode:
        shutil.rmtree(tree, ignore_errors=True)
        said = [line for line in log.read_text().splitlines() if line.startswith("E:")] or ["mmdebstrap failed"]
        raise RehearsalError(
            f"The {base.name} machine's Debian tree could not be made: {said[0]}. The whole log is in {log}; "
            "check that this computer reaches a Debian mirror."
        )
    log.unlink()


def _size(tree: Path) -> int:
    """Megabytes, roughly: what the file system says is enough for a progress line."""
    done = subprocess.run(["du", "-sm", str(tree)], capture_output=True, text=True, check=False).stdout.split()
    return int(done[0]) if done else 0
