"""A Postgres server on a machine of its own, as RDS runs one: TLS, a master user, parameters; no shell for anyone."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal import machines, processes
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home

VERSION = "17"
SETTINGS = f"/etc/postgresql/{VERSION}/main/conf.d/rds.conf"
START_SECONDS = 30
BACKSLASH = "\\"
# What a parameter group may hold that is RDS's own, not Postgres's.
RDS_ONLY = ("rds.",)


@dataclass(frozen=True, kw_only=True)
class Server:
    """One database server of a rehearsal."""

    home: Home
    device: str

    def files(
        self, certificate: str, key: str, settings: Mapping[str, str], force_ssl: bool
    ) -> dict[str, tuple[str, int]]:
        """What the machine is born with, before Postgres first starts."""
        folder = f"/etc/postgresql/{VERSION}/main"
        return {
            f"{folder}/server.pem": (certificate, 0o644),
            f"{folder}/server.key.new": (key, 0o600),
            SETTINGS: (settings_text(settings), 0o644),
            f"{folder}/pg_hba.conf": (access_text(force_ssl), 0o644),
            # Postgres insists on owning its key; the machine's first boot hands it over.
            "/etc/systemd/system/postgresql@.service.d/key.conf": (
                "[Service]\nExecStartPre=+/usr/bin/install -o postgres -g postgres -m 0600 "
                f"{folder}/server.key.new {folder}/server.key\n",
                0o644,
            ),
        }

    def wait(self) -> None:
        """Until the server takes connections; RehearsalError after half a minute."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                machines.execute(self.home, self.device, ["pg_isready", "--quiet"])
            except RehearsalError:
                if time.monotonic() > deadline:
                    raise RehearsalError(
                        f"Database machine {self.device} of stack {self.home.stack} did not start Postgres within "
                        f"{START_SECONDS} s: see {machines.folder(self.home, self.device)}/console.log."
                    ) from None
                time.sleep(0.1)
            else:
                return

    def sql(self, text: str, database: str = "postgres") -> str:
        """Run SQL as the superuser that RDS keeps for itself. It travels on stdin: it may hold a password."""
        psql = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        command = ["runuser", "-u", "postgres", "--", *psql, f"--dbname={database}", "--file=-"]
        return machines.execute(self.home, self.device, command, stdin=f"SET log_statement = 'none';\n{text}")

    def set_master(self, user: str, password: str) -> None:
        """The master user: what rds_superuser may do that a deployment needs, and no more."""
        self.sql(
            f"""
            DO $$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(user)}) THEN
                CREATE ROLE {identifier(user)} LOGIN CREATEDB CREATEROLE;
              END IF;
            END $$;
            ALTER ROLE {identifier(user)} PASSWORD {literal(password)};
            """
        )

    def create_database(self, name: str, owner: str) -> None:
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = {literal(name)};").strip():
            self.sql(f"CREATE DATABASE {identifier(name)} OWNER {identifier(owner)};")

    def configure(self, settings: Mapping[str, str], force_ssl: bool) -> None:
        """Other parameters: a restart, as for RDS's static ones."""
        machines.write(self.home, self.device, SETTINGS, settings_text(settings))
        machines.write(self.home, self.device, f"/etc/postgresql/{VERSION}/main/pg_hba.conf", access_text(force_ssl))
        machines.execute(self.home, self.device, ["systemctl", "restart", f"postgresql@{VERSION}-main"])
        self.wait()

    def dump(self, target: Path) -> None:
        """A final snapshot: every database and role, in SQL, readable by root alone."""
        command = ["runuser", "-u", "postgres", "--", "pg_dumpall"]
        text = machines.execute(self.home, self.device, command)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.touch(mode=0o600)
        target.write_text(text)

    def running(self) -> bool:
        return bool(processes.pids(f"{self.home.prefix}-{self.device}"))


def settings_text(settings: Mapping[str, str]) -> str:
    folder = f"/etc/postgresql/{VERSION}/main"
    fixed = {
        "listen_addresses": "*",
        "ssl": "on",
        "ssl_cert_file": f"{folder}/server.pem",
        "ssl_key_file": f"{folder}/server.key",
        "password_encryption": "scram-sha-256",
    }
    own = {key: value for key, value in settings.items() if not key.startswith(RDS_ONLY)}
    # Unlike SQL, the file gives backslashes a meaning.
    return "".join(
        f"{key} = {literal(value.replace(BACKSLASH, 2 * BACKSLASH))}\n" for key, value in (fixed | own).items()
    )


def access_text(force_ssl: bool) -> str:
    """pg_hba.conf: `rds.force_ssl` decides whether a connection without TLS is refused."""
    remote = "hostssl" if force_ssl else "host"
    return (
        "local all postgres peer\n"
        f"{remote} all all 0.0.0.0/0 scram-sha-256\n"
        "hostssl replication all 0.0.0.0/0 scram-sha-256\n"
    )


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
