"""What the stand-ins promise: they behave as the cloud does, and refuse what it refuses."""

import re
import socket
import subprocess
from urllib.parse import urlsplit

import pytest

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers import ssh
from rehearsal.providers.keys import PrivateKey
from rehearsal.providers.values import reveal
from tests.rehearsal.rig import Rig

PSQL = "psql --no-psqlrc --set=ON_ERROR_STOP=1 --tuples-only --no-align"


def database(rig: Rig, sql: str, *, mode: str = "verify-full") -> str:
    """Run SQL from the web machine as the app does, with the app's own URL; its password stays on the machine."""
    script = (
        "set -eu; live=$(readlink /srv/app/live); eval $(grep ^DATABASE_URL= /etc/slipway/$(basename $live).env); "
        f'url=$(echo "$DATABASE_URL" | sed "s/verify-full/{mode}/; s/&conn_max_age=[0-9]*//"); {PSQL} "$url"'
    )
    return rig.on_host("sh", "-c", script, stdin=sql)


def reachable(rig: Rig, address: str, port: int) -> bool:
    """Whether a TCP connection from this computer gets through the security groups."""
    try:
        socket.create_connection((address, port), timeout=2).close()
    except OSError:
        return False
    return True


def test_security_groups_open_80_443_and_22_and_nothing_else(rig: Rig) -> None:
    address = rig.address
    rig.on_host("systemd-run", "--unit=open-door", "python3", "-m", "http.server", "8000")
    try:
        rig.on_host("ufw", "allow", "8000")
        assert [port for port in (22, 80, 443, 5432, 8000) if reachable(rig, address, port)] == [22, 80, 443]
    finally:
        rig.on_host("ufw", "delete", "allow", "8000")
        rig.on_host("systemctl", "stop", "open-door")


def test_only_the_web_group_reaches_postgres(rig: Rig) -> None:
    entry = next(rig.ledger().of(tokens.DB_INSTANCE))
    cloud = f"{rig.home.prefix}-vpc"
    subprocess.run(["ip", "route", "add", entry.facts["address"], "via", str(rig.home.uplink)], check=True)
    try:
        assert subprocess.run(["ip", "netns", "exec", cloud, "true"], check=True).returncode == 0
        assert not reachable(rig, entry.facts["address"], 5432)
    finally:
        subprocess.run(["ip", "route", "delete", entry.facts["address"]], check=True)
    assert database(rig, "SELECT 1").strip() == "1"


def test_postgres_refuses_a_connection_without_tls(rig: Rig) -> None:
    with pytest.raises(RehearsalError, match=r"no pg_hba.conf entry .* no encryption"):
        database(rig, "SELECT 1", mode="disable")


def test_the_app_is_not_the_master_and_has_no_rights_beyond_its_database(rig: Rig) -> None:
    flags = "rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
    assert database(rig, f"SELECT {flags} FROM pg_roles WHERE rolname = current_user").strip() == "f|f|f|f|f"
    with pytest.raises(RehearsalError, match="permission denied"):
        database(rig, "CREATE DATABASE other")


def test_the_database_machine_has_no_way_to_the_internet(rig: Rig) -> None:
    device = rig.device(tokens.DB_INSTANCE)
    probe = ["ip", "netns", "exec", f"{rig.home.prefix}-{device}", "ping", "-c1", "-W1", str(rig.home.outside)]
    assert subprocess.run(probe, capture_output=True, check=False).returncode != 0


def test_a_server_with_another_host_key_is_refused(rig: Rig) -> None:
    _, other = PrivateKey().create("other", {"algorithm": "ED25519"})
    connection = {
        "host": rig.address,
        "user": "admin",
        "privateKey": reveal(other["privateKeyOpenssh"]),
        "hostKey": other["publicKeyOpenssh"],
        "dialErrorLimit": 0,
    }
    with (
        pytest.raises(RehearsalError, match=r"ssh: handshake failed: ssh: host key mismatch"),
        ssh.connection(connection, lambda _: None),
    ):
        raise AssertionError("a wrong host key was accepted")


# Runs on the machine: where the secret on its standard input can be found by someone who should not.
SEARCH = """
import os, pathlib, subprocess, sys
secret = sys.stdin.buffer.read().strip()
found = []
for process in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        found += [f"argv of {process.name}"] * (secret in (process / "cmdline").read_bytes())
    except OSError:
        pass
journal = subprocess.run(["journalctl", "--no-pager", "--all"], capture_output=True, check=True).stdout
found += ["the journal"] * (secret in journal)
for folder in ("etc", "srv", "opt", "usr/local", "var/lib", "var/log", "var/tmp", "var/cache", "run", "home", "root"):
    for path in pathlib.Path("/", folder).rglob("*"):
        try:
            if path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o044 and path.stat().st_size < 2**24:
                found += [str(path)] * (secret in path.read_bytes())
        except OSError:
            pass
print("\\n".join(found))
"""


def test_no_secret_is_in_argv_a_log_or_a_file_that_others_may_read(rig: Rig) -> None:
    live = rig.on_host("sh", "-c", "cat /etc/slipway/$(basename $(readlink /srv/app/live)).env")
    values = dict(re.findall(r'^(\w+)="(.*)"$', live, re.MULTILINE))
    key, password = values["SECRET_KEY"], urlsplit(values["DATABASE_URL"]).password or ""
    assert len(key) >= 50 and len(password) >= 32
    for secret in (key, password):
        assert rig.on_host("python3", "-c", SEARCH, stdin=secret).strip() == ""
        state = subprocess.run(
            ["grep", "-rlF", "-f", "-", str(rig.home.path / "state"), str(rig.home.path / "ledger.json")],
            input=secret,
            text=True,
            capture_output=True,
            check=False,
        )
        assert state.stdout == ""


def test_the_metadata_of_the_machine_is_what_a_cloud_gives(rig: Rig) -> None:
    assert rig.on_host("systemctl", "is-system-running").strip() == "running"
    assert "done" in rig.on_host("cloud-init", "status")
    assert "admin" in rig.on_host("id", "admin")
