"""The app's own database and a role that may do nothing outside it."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from slipway_host import scram
from slipway_host.errors import Failure, tail
from slipway_host.redact import Redactor
from slipway_host.run import run

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where Postgres is, and the certificates that vouch for it."""

    host: str
    port: int
    ca: Path
    sslmode: str = "verify-full"


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What comes in on standard input."""

    master_user: str
    master_password: str
    password: str


def read_secrets(text: str) -> Secrets:
    try:
        values = json.loads(text)
        return Secrets(**{name: str(values[name]) for name in ("master_user", "master_password", "password")})
    except (ValueError, KeyError, TypeError):
        raise Failure("database expects JSON with master_user, master_password and password on its input.") from None


def ensure(server: Server, secrets: Secrets, name: str, role: str) -> None:
    """Creates role and database where they are missing, and gives the role exactly this password and no more rights."""
    for word in (name, role):
        if not NAME.fullmatch(word):
            raise Failure(f"{word!r} is no name for a database or a role: small letters, digits and underscores.")
    psql(server, secrets, "postgres", create(name, role, scram.verifier(secrets.password)))
    psql(server, secrets, name, restrict(role))
    print(f"database: {name} on {server.host}, owned by {role}")


def create(name: str, role: str, verifier: str) -> str:
    """Role and database. RDS' master is no superuser: it must be a member of a role to give it a database."""
    return f"""\
SELECT 'CREATE ROLE {role} NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')\\gexec
ALTER ROLE {role} LOGIN NOCREATEDB NOCREATEROLE PASSWORD '{verifier}';
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}' AND (rolsuper OR rolreplication OR rolbypassrls)) THEN
    RAISE EXCEPTION 'the role {role} may do more than an app should';
  END IF;
END $$;
GRANT {role} TO CURRENT_USER;
SELECT 'CREATE DATABASE {name} OWNER {role}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')\\gexec
ALTER DATABASE {name} OWNER TO {role};
REVOKE ALL ON DATABASE {name} FROM PUBLIC;
"""


def restrict(role: str) -> str:
    """Inside the database: the schema is the role's alone."""
    return f"""\
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO {role};
"""


def psql(server: Server, secrets: Secrets, database: str, script: str) -> None:
    """Runs a script as the master. The password is in a file that only we can read, for as long as it runs."""
    with tempfile.NamedTemporaryFile("w", prefix="slipway-", dir=memory()) as passwords:
        passwords.write(f"*:*:*:*:{escape(secrets.master_password)}\n")
        passwords.flush()
        environment = {
            "PGHOST": server.host,
            "PGPORT": str(server.port),
            "PGUSER": secrets.master_user,
            "PGDATABASE": database,
            "PGPASSFILE": passwords.name,
            "PGSSLMODE": server.sslmode,
            "PGSSLROOTCERT": str(server.ca),
            "PGCONNECT_TIMEOUT": "15",
            "PGOPTIONS": "-c client_min_messages=warning",
        }
        redact = Redactor({"master_password": secrets.master_password, "password": secrets.password})
        arguments = ["psql", "-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1"]
        result = run(arguments, environment=environment, stdin=script, redact=redact)
    if not result.ok:
        raise Failure(explain(server, result.output), tail(result.output))


def memory() -> str | None:
    """A file system that is never on a disk, where the machine has one."""
    return "/run" if Path("/run").is_dir() else None


def escape(password: str) -> str:
    """For a line of a password file (libpq, "The Password File")."""
    return password.replace("\\", "\\\\").replace(":", "\\:")


def explain(server: Server, output: str) -> str:
    """What to do about a psql that failed."""
    place = f"{server.host}:{server.port}"
    if "password authentication failed" in output:
        return f"Postgres at {place} refuses the master's password: it was changed outside of this stack."
    if "certificate" in output:
        return f"The certificate of Postgres at {place} is not vouched for by {server.ca}: fetch the bundle anew."
    if "timeout expired" in output or "Connection refused" in output or "could not translate host name" in output:
        return f"Postgres at {place} cannot be reached from this host: check its security group and that it is running."
    return f"The app's role and database could not be set up on Postgres at {place}."
