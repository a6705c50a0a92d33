"""A Postgres of the tests' own, with TLS and, like RDS, a master who is no superuser."""

from __future__ import annotations

import datetime
import ipaddress
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

MASTER = "CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD '{password}';"


@dataclass(frozen=True, kw_only=True)
class Postgres:
    port: int
    ca: Path
    master_password: str
    host: str = "127.0.0.1"


def binaries() -> Path | None:
    """Debian keeps the server's programs off the path, one folder a version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running(programs: Path) -> Iterator[Postgres]:
    """A server on a free loopback port, until the body ends. Postgres refuses to run as root: it gets its own user."""
    folder = Path(tempfile.mkdtemp(prefix="slipway-postgres-"))
    user = "postgres" if os.geteuid() == 0 else None
    password = secrets.token_hex(16)
    port = free_port()
    data = folder / "data"
    try:
        if user:
            shutil.chown(folder, user)
        call([programs / "initdb", "-D", data, "-A", "trust", "-U", "owner"], user)
        certificate(folder, user)
        (data / "pg_hba.conf").write_text("local all owner trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        options = (
            f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off "
            f"-c ssl=on -c ssl_cert_file={folder}/server.crt -c ssl_key_file={folder}/server.key"
        )
        call([programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"], user)
        try:
            place = ["-h", str(folder), "-p", str(port), "-U", "owner"]
            call([programs / "psql", "-qX", *place, "postgres"], user, MASTER.format(password=password))
            yield Postgres(port=port, ca=folder / "server.crt", master_password=password)
        finally:
            call([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], user)
    finally:
        shutil.rmtree(folder)


def call(arguments: Sequence[str | Path], user: str | None, stdin: str = "") -> None:
    subprocess.run(
        [*map(str, arguments)], user=user, input=stdin, text=True, check=True, stdout=subprocess.DEVNULL, cwd="/"
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def certificate(folder: Path, user: str | None) -> None:
    """server.crt, which vouches for itself and for 127.0.0.1, and server.key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.key").write_bytes(text)
    (folder / "server.key").chmod(0o600)
    folder.chmod(0o755)
    if user:
        shutil.chown(folder / "server.key", user)
