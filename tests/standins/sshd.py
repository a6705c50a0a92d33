"""A real SSH server on the loopback address, with keys of its own, for as long as a test needs it."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rehearsal import packages

# sshd wants this folder for its unprivileged half, and Debian's start script makes it.
PRIVSEP = Path("/run/sshd")


@dataclass(frozen=True, kw_only=True)
class Sshd:
    """A server that lets one key in, and the log it keeps."""

    port: int
    host_key: str
    private_key: str
    log: Path

    def connection(self, **other: Any) -> dict[str, Any]:
        """The inputs of a Connection to it."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "privateKey": self.private_key,
            "hostKey": self.host_key,
            "dialErrorLimit": 1,
            "perDialTimeout": 10,
            **other,
        }

    def logins(self) -> int:
        """How many connections it has let in."""
        return self.log.read_text().count("Accepted publickey")


def key_pair() -> tuple[str, str]:
    """A new ED25519 key: the private and the public half, as OpenSSH writes them."""
    key, serial = Ed25519PrivateKey.generate(), serialization
    private = key.private_bytes(serial.Encoding.PEM, serial.PrivateFormat.OpenSSH, serial.NoEncryption())
    return private.decode(), key.public_key().public_bytes(
        serial.Encoding.OpenSSH, serial.PublicFormat.OpenSSH
    ).decode()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, *settings: str) -> Iterator[Sshd]:
    """The server, answering, with more lines of sshd_config; it is ended afterwards."""
    program, port = packages.find("sshd"), free_port()
    assert program, "make test installs openssh-server"
    (own, own_public), (private, public) = key_pair(), key_pair()
    for name, text in (
        ("host", own),
        ("authorized", public),
        ("config", "\n".join([_config(folder, port), *settings])),
    ):
        (folder / name).write_text(text + "\n")
        (folder / name).chmod(0o600)
    made = os.geteuid() == 0 and not PRIVSEP.exists()
    if made:
        PRIVSEP.mkdir(mode=0o755)
    log = folder / "log"
    with (
        log.open("wb") as sink,
        subprocess.Popen([program, "-D", "-e", "-f", folder / "config"], stderr=sink) as process,
    ):
        try:
            _wait(process, port, log)
            yield Sshd(port=port, host_key=own_public, private_key=private, log=log)
        finally:
            process.terminate()
            if made:
                shutil.rmtree(PRIVSEP, ignore_errors=True)


def _config(folder: Path, port: int) -> str:
    return f"""
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
MaxStartups 100
LogLevel VERBOSE"""


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
