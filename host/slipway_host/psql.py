"""Speaks to Postgres through psql, over verified TLS; no password is ever in its arguments or its environment."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from slipway_host.errors import Failure, tail
from slipway_host.redact import Redactor
from slipway_host.run import Result, run


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where Postgres is, and the certificates that vouch for it."""

    host: str
    port: int
    ca: Path
    sslmode: str = "verify-full"

    def at(self, host: str) -> Server:
        """Another server of the same kind: a replica."""
        return replace(self, host=host)

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Login:
    user: str
    password: str = field(repr=False)


def query(
    server: Server, master: Login, database: str, script: str, *, task: str, hide: Mapping[str, str] | None = None
) -> str:
    """What a script of the master's prints. `hide` names secrets of the script that an error must not show."""
    result = attempt(server, master, database, script, hide)
    if not result.ok:
        raise Failure(explain(server, result.output, task), tail(result.output))
    return result.output


def attempt(server: Server, login: Login, database: str, script: str, hide: Mapping[str, str] | None = None) -> Result:
    """Runs a script. The password is in a file that only we can read, for as long as it runs."""
    with tempfile.NamedTemporaryFile("w", prefix="slipway-", dir=memory()) as passwords:
        passwords.write(f"*:*:*:*:{escape(login.password)}\n")
        passwords.flush()
        environment = {
            "PGHOST": server.host,
            "PGPORT": str(server.port),
            "PGUSER": login.user,
            "PGDATABASE": database,
            "PGPASSFILE": passwords.name,
            "PGSSLMODE": server.sslmode,
            "PGSSLROOTCERT": str(server.ca),
            "PGCONNECT_TIMEOUT": "15",
            "PGOPTIONS": "-c client_min_messages=warning",
        }
        redact = Redactor({f"password of {login.user}": login.password, **(hide or {})})
        arguments = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"]
        return run(arguments, environment=environment, stdin=script, redact=redact)


def memory() -> str | None:
    """A file system that is never on a disk, where the machine has one."""
    return "/run" if Path("/run").is_dir() else None


def escape(password: str) -> str:
    """For a line of a password file (libpq, "The Password File")."""
    return password.replace("\\", "\\\\").replace(":", "\\:")


def explain(server: Server, output: str, task: str) -> str:
    """What to do about a psql of the master's that failed."""
    if "password authentication failed" in output:
        return f"Postgres at {server.place} refuses the master's password: it was changed outside of this stack."
    if "certificate" in output:
        return (
            f"The certificate of Postgres at {server.place} is not vouched for by {server.ca}: fetch the bundle anew."
        )
    if "timeout expired" in output or "Connection refused" in output or "could not translate host name" in output:
        return (
            f"Postgres at {server.place} cannot be reached from this host: check its security group and that it is "
            "running."
        )
    return f"Postgres at {server.place} does not let its master {task}."
