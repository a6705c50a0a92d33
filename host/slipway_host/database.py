"""The app's own database and its two roles: one that migrates and owns everything, one that serves."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from slipway_host import scram
from slipway_host.errors import Failure, tail
from slipway_host.names import checked_sql
from slipway_host.psql import Login, Server, attempt, query

# A replica replays what its source did; far behind, it says so in its alarm.
REPLAY_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What comes in on standard input."""

    master_user: str
    master_password: str = field(repr=False)
    owner_password: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def master(self) -> Login:
        return Login(user=self.master_user, password=self.master_password)


SECRETS = tuple(field.name for field in fields(Secrets))


def read_secrets(text: str) -> Secrets:
    return Secrets(**read("database", text, SECRETS))


def read_master(text: str) -> Login:
    user, password = read("retire", text, SECRETS[:2]).values()
    return Login(user=user, password=password)


def read(command: str, text: str, names: Sequence[str]) -> dict[str, str]:
    """What a command is given on its input; never shown, not even where it cannot be read."""
    try:
        values = json.loads(text)
        return {name: str(values[name]) for name in names}
    except (ValueError, KeyError, TypeError):
        raise Failure(f"{command} expects JSON with {', '.join(names)} on its input.") from None


def ensure(server: Server, secrets: Secrets, name: str, role: str, owner: str) -> None:
    """Creates roles and database where they are missing, and gives both roles exactly these passwords and rights."""
    for word in (name, role, owner):
        checked_sql(word)
    if role == owner:
        raise Failure(f"The role that serves and the one that owns cannot both be {role}: the app could change tables.")
    passwords = {owner: secrets.owner_password, role: secrets.password}
    roles = "".join(create_role(each, scram.verifier(password)) for each, password in passwords.items())
    for database, script in (("postgres", roles + create_database(name, role, owner)), (name, share(role, owner))):
        query(server, secrets.master, database, script, task="set up the app's roles and database", hide=passwords)
    print(f"database: {name} on {server.host}, owned by {owner}, used by {role}")


def await_login(servers: Sequence[Server], login: Login, name: str, patience: float = REPLAY_SECONDS) -> None:
    """Returns once the role can log in everywhere: a replica learns of a role some time after its source."""
    deadline = time.monotonic() + patience
    for server in servers:
        while not (result := attempt(server, login, name, "SELECT 1;")).ok:
            if time.monotonic() >= deadline:
                raise Failure(
                    f"The role {login.user} cannot log in on {server.place} {patience:g} s after it got its password: "
                    "run this again once that server has caught up with its source.",
                    tail(result.output),
                )
            time.sleep(0.5)


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
