"""A Postgres server that follows another one: streaming replication over TLS, as RDS sets it up for a read replica."""

import contextlib
import secrets

from rehearsal.errors import RehearsalError
from rehearsal.postgres import VERSION, Server, identifier, literal

# RDS's own role for replication.
ROLE = "rdsrepladmin"
FOLDER = f"/etc/postgresql/{VERSION}/main"
DATA = f"/var/lib/postgresql/{VERSION}/main"
SCRIPT = "/usr/local/sbin/follow"


def admit(primary: Server, host: str, device: str) -> dict[str, tuple[str, int]]:
    """Let a new server follow the primary, at `host`; the files it is born with, which make it do so when it boots."""
    password = secrets.token_hex(32)
    role = f"{ROLE}_{device}"
    primary.sql(
        f"""
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(role)}) THEN
            CREATE ROLE {identifier(role)} LOGIN REPLICATION;
          END IF;
          IF NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = {literal(device)}) THEN
            PERFORM pg_create_physical_replication_slot({literal(device)}, true);
          END IF;
        END $$;
        ALTER ROLE {identifier(role)} PASSWORD {literal(password)};
        """
    )
    return {
        f"{FOLDER}/primary.pgpass.new": (f"{host}:5432:replication:{role}:{password}\n", 0o600),
        SCRIPT: (_script(host, role, device), 0o755),
        "/etc/systemd/system/postgresql@.service.d/replica.conf": (
            f"[Service]\nTimeoutStartSec=10min\nExecStartPre=+{SCRIPT}\n",
            0o644,
        ),
    }


def promote(replica: Server) -> None:
    """Make it a server of its own, that may be written to."""
    if "t" not in replica.sql("SELECT NOT pg_is_in_recovery() OR pg_promote(true, 60);"):
        raise RehearsalError(f"Database machine {replica.device} could not be promoted within a minute.")


def dismiss(primary: Server, device: str) -> None:
    """Keep nothing for a server that is gone: a slot that nobody reads would fill the primary's disk."""
    # A primary that is not running has nothing to be tidied that its own deletion would not take.
    with contextlib.suppress(RehearsalError):
        primary.sql(
            f"""
            SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots
              WHERE slot_name = {literal(device)} AND active;
            SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = {literal(device)};
            DROP ROLE IF EXISTS {identifier(f"{ROLE}_{device}")};
            """
        )


def _script(host: str, role: str, slot: str) -> str:
    """Copies the primary once, before Postgres first starts; from then on the server follows by itself."""
    trust = "sslmode=verify-full sslrootcert=/etc/ssl/certs/ca-certificates.crt"
    return f"""\
#!/bin/sh
set -eu
copied=/var/lib/postgresql/{VERSION}/copied
test ! -e "$copied" || exit 0
install -o postgres -g postgres -m 0600 {FOLDER}/primary.pgpass.new {FOLDER}/primary.pgpass
rm -rf {DATA}
runuser -u postgres -- pg_basebackup --pgdata={DATA} --checkpoint=fast --wal-method=stream --slot={slot} \\
  --write-recovery-conf --dbname="host={host} port=5432 user={role} {trust} passfile={FOLDER}/primary.pgpass"
rm -f {FOLDER}/primary.pgpass.new
touch "$copied"
"""
