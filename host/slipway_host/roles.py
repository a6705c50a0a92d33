"""The two roles that serve by turns: one is made ready beside the one in use, which is retired once it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slipway_host import database, rotation
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.psql import Login, Server
from slipway_host.retire import PATIENCE
from slipway_host.retire import retire as retire_role


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The database and its roles, as they are to be."""

    name: str
    role: str  # that serves from now on
    other: str | None  # that serves by turns with it
    owner: str
    generation: int  # of the passwords


def ready(paths: Paths, servers: Sequence[Server], secrets: database.Secrets, wanted: Wanted) -> None:
    """Sees to it that the role can serve, on the first of `servers` and its replicas, the others.

    What serves is not touched, and keeps working whatever happens next.
    """
    live, login = rotation.serving(paths), Login(user=wanted.role, password=secrets.password)
    rotation.check_password(live, login, wanted.generation)
    database.ensure(servers[0], secrets, wanted.name, wanted.role, wanted.owner)
    database.await_login(servers, login, wanted.name)
    # A rotation that was given up may have left the other one a password.
    if wanted.other and rotation.login(live) == login:
        retire_role(servers, secrets.master, wanted.other)


def retire(paths: Paths, servers: Sequence[Server], master: Login, role: str, patience: float = PATIENCE) -> None:
    """Ends a role that nothing uses any more; refuses the one that serves."""
    used = rotation.login(rotation.serving(paths))
    if used and used.user == role:
        raise Failure(f"The release that serves uses the role {role}: it can be retired once it is not in use.")
    retire_role(servers, master, role, patience)
