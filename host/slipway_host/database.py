"""The app's own database and its two roles: one that migrates and owns everything, one that serves."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import asdict, dataclass, fields
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
    owner_password: str
    password: str


SECRETS = tuple(field.name for field in fields(Secrets))


def read_secrets(text: str) -> Secrets:
    try:
        values = json.loads(text)
        return Secrets(**{name: str(values[name]) for name in SECRETS})
    except (ValueError, KeyError, TypeError):
        raise Failure(f"database expects JSON with {', '.join(SECRETS)} on its input.") from None


def ensure(server: Server, secrets: Secrets, name: str, role: str, owner: str) -> None:
    """Creates roles and database where they are missing, and gives both roles exactly these passwords and rights."""
    for word in (name, role, owner):
        if not NAME.fullmatch(word):
            raise Failure(f"{word!r} is no name for a database or a role: small letters, digits and underscores.")
    if role == owner:
        raise Failure(f"The role that serves and the one that owns cannot both be {role}: the app could change tables.")
    passwords = {owner: secrets.owner_password, role: secrets.password}
    roles = "".join(create_role(each, scram.verifier(password)) for each, password in passwords.items())
    psql(server, secrets, "postgres", roles + create_database(name, role, owner))
    psql(server, secrets, name, share(role, owner))
    print(f"database: {name} on {server.host}, owned by {owner}, used by {role}")


def create_role(role: str, verifier: str) -> str:
    """A role that may log in. RDS' master is no superuser: it must be a member to act for it."""
    return f"""\
SELECT 'CREATE ROLE {role} NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')\\gexec
ALTER ROLE {role} LOGIN NOCREATEDB NOCREATEROLE PASSWORD '{verifier}';
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}' AND (rolsuper OR rolreplication OR rolbypassrls)) THEN
    RAISE EXCEPTION 'the role {role} may do more than an app should';
  END IF;
END $$;
GRANT {role} TO CURRENT_USER;
"""


def create_database(name: str, role: str, owner: str) -> str:
    """The database, which nobody but the two roles may enter. TEMPORARY: tables that only one connection sees."""
    return f"""\
SELECT 'CREATE DATABASE {name} OWNER {owner}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')\\gexec
BEGIN;
ALTER DATABASE {name} OWNER TO {owner};
REVOKE ALL ON DATABASE {name} FROM PUBLIC, {role};
GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {role};
DO $$ BEGIN
  IF pg_has_role('{role}', '{owner}', 'MEMBER') THEN
    RAISE EXCEPTION 'the role {role} is a member of {owner}, and so may change tables';
  END IF;
END $$;
COMMIT;
"""


def share(role: str, owner: str) -> str:
    """Inside the database: everything is the owner's, what it is and what it will be, and the app works with the rows.

    What the app's role owns from a time when it migrated itself changes hands first. In one transaction: a live app
    never finds a right missing.
    """
    rows, numbers = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT, UPDATE"
    return f"""\
BEGIN;
REASSIGN OWNED BY {role} TO {owner};
SET ROLE {owner};
REVOKE ALL ON SCHEMA public FROM PUBLIC, {role};
GRANT ALL ON SCHEMA public TO {owner};
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {role};
ALTER DEFAULT PRIVILEGES GRANT {rows} ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES GRANT {numbers} ON SEQUENCES TO {role};
DO $$ DECLARE place text; BEGIN
  FOR place IN SELECT quote_ident(nspname) FROM pg_namespace
    WHERE nspname = 'public' OR pg_get_userbyid(nspowner) = '{owner}'
  LOOP
    EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM {role}', place);
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO {role}', place);
  END LOOP;
END $$;
DO $$ DECLARE thing record; BEGIN
  FOR thing IN SELECT oid::regclass AS name, relkind FROM pg_class
    WHERE pg_get_userbyid(relowner) = '{owner}' AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_')
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM {role}', thing.name);
    IF thing.relkind = 'S' THEN
      EXECUTE format('GRANT {numbers} ON SEQUENCE %s TO {role}', thing.name);
    ELSE
      EXECUTE format('GRANT {rows} ON TABLE %s TO {role}', thing.name);
    END IF;
  END LOOP;
END $$;
COMMIT;
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
        redact = Redactor({name: value for name, value in asdict(secrets).items() if name.endswith("password")})
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
    return f"The app's roles and database could not be set up on Postgres at {place}."
