"""The commands that rehearsals and tests need from the system, and the Debian packages that bring them."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress

SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")
POLICY = Path("/usr/sbin/policy-rc.d")
# Allows everything, as no file at all would: should it ever be left behind, it changes nothing.
PLACEHOLDER = "#!/bin/sh\n# A placeholder of Slipway's package installation: it may be removed.\nexit 0\n"
# Package scripts ask policy-rc.d before they start a service. apt-get alone sees this one, which says no (101): it
# exists in a mount namespace of its own, which ends with it, so that a kill cannot leave it behind.
WITHOUT_SERVICES = """
mount -t tmpfs -o mode=0755 tmpfs /mnt
printf '#!/bin/sh\\nexit 101\\n' >/mnt/policy-rc.d
chmod 0755 /mnt/policy-rc.d
mount --bind /mnt/policy-rc.d "$0"
umount --lazy /mnt
exec "$@"
"""


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something the machine must have: a command, or a file by its whole path."""

    name: str
    package: str
    services: tuple[str, ...] = ()

    def is_met(self) -> bool:
        """Whether the command or file is there."""
        return Path(self.name).exists() if self.name.startswith("/") else find(self.name) is not None


REHEARSAL = (
    Need(name="systemd-nspawn", package="systemd-container"),
    Need(name="mmdebstrap", package="mmdebstrap"),
    Need(name="/usr/share/keyrings/debian-archive-keyring.gpg", package="debian-archive-keyring"),
    Need(name="nft", package="nftables"),
    Need(name="pebble", package="pebble"),
    Need(name="dnsmasq", package="dnsmasq-base"),
    Need(name="losetup", package="mount"),
    Need(name="ip", package="iproute2"),
    Need(name="sysctl", package="procps"),
    Need(name="ssh", package="openssh-client"),
)
CHECK = (Need(name="shellcheck", package="shellcheck"),)
# Needed to check rendered files and to dial on the loopback address, never to serve on this machine.
TEST = (
    *REHEARSAL,
    *CHECK,
    Need(name="nginx", package="nginx", services=("nginx",)),
    # Ubuntu starts it by a socket unit.
    Need(name="sshd", package="openssh-server", services=("ssh.socket", "ssh")),
    Need(name="systemd-analyze", package="systemd"),
)


def find(command: str) -> str | None:
    """The command's path; the folders of administration count, which the PATH of a plain user may lack."""
    return shutil.which(command, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *SBIN]))


def missing(needs: Iterable[Need]) -> list[Need]:
    """Those that are not met."""
    return [need for need in needs if not need.is_met()]


def by_hand(needs: Iterable[Need]) -> str:
    """What to tell the owner of a machine that Slipway does not install on."""
    return f"These are missing, install them: {', '.join(f'{need.name} ({need.package})' for need in needs)}."


def install(needs: list[Need], progress: Progress) -> None:
    """Install what is missing with apt-get, and start nothing; RehearsalError says why it did not work."""
    apt = find("apt-get")
    if not apt:
        raise RehearsalError(by_hand(needs))
    packages = [need.package for need in needs]
    progress(f"Installing Debian packages: {' '.join(packages)}")
    command = [
        apt,
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=300",
        *packages,
    ]
    failure = _without_services(command, progress, f"Installing {' '.join(packages)}")
    if failure:
        progress("Reading the package lists anew, since apt-get could not install from those it has.")
        failure = _run([apt, "update", "--quiet"], progress, "Running apt-get update")
        failure = _without_services(command, progress, f"Installing {' '.join(packages)}") or failure
    if left := missing(needs):
        reason = failure or f"{left[0].name} is still not there"
        raise RehearsalError(f"apt-get could not install {' '.join(packages)}: {reason}. {by_hand(left)}")
    for need in needs:
        for service in need.services:
            _keep_from_booting(service)


def _without_services(command: list[str], progress: Progress, what: str) -> str:
    ours = not POLICY.exists() or POLICY.read_text(errors="replace") == PLACEHOLDER
    if ours:
        POLICY.write_text(PLACEHOLDER)
        POLICY.chmod(0o755)
    try:
        return _run(["unshare", "--mount", "sh", "-euc", WITHOUT_SERVICES, str(POLICY), *command], progress, what)
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)


def _run(command: list[str], progress: Progress, what: str) -> str:
    """Empty when it worked, else the command's reason."""
    # Ubuntu's needrestart would restart the user's services.
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1", "LC_ALL": "C"}
    with progress.during(lambda: what):
        done = subprocess.run(
            command, env=os.environ | quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
        )
    if done.returncode == 0:
        return ""
    said = [line for line in done.stderr.splitlines() if line.startswith("E: ")] or done.stderr.splitlines()
    return said[0].removeprefix("E: ").rstrip(".") if said else f"exit code {done.returncode}"


def _keep_from_booting(service: str) -> None:
    tool = ["systemctl", "disable", "--quiet", service] if find("systemctl") else ["update-rc.d", service, "disable"]
    subprocess.run(tool, stdin=subprocess.DEVNULL, capture_output=True, check=False)
