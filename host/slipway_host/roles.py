"""The two roles that serve by turns: one is made ready beside the one in use, which is retired once it is not."""

from __future__ import annotations

from collections.abc import Sequence

from slipway_host import database, rotation
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.psql import Login, Server
from slipway_host.retire import PATIENCE
from slipway_host.retire import retire as retire_role


def ready(
    paths: Paths,
    servers: Sequence[Server],  # the primary, then its replicas
    secrets: database.Secrets,
    *,
    name: str,
    role: str,
    other: str | None,
    owner: str,
) -> None:
    """Sees to it that `role` can serve. What serves is not touched, and keeps working whatever happens next."""
    live = rotation.serving(paths)
    rotation.check_password(live, role, secrets.password)
    database.ensure(servers[0], secrets, name, role, owner)
    login = Login(user=role, password=secrets.password)
    database.await_login(servers, login, name)
    # A rotation that was given up may have left the other one a password.
    if other and rotation.login(live) == login:
        retire_role(servers, secrets.master, other)


def retire(paths: Paths, servers: Sequence[Server], master: Login, role: str, patience: float = PATIENCE) -> None:
    """Ends a role that nothing uses any more; refuses the one that serves."""
    used = rotation.login(rotation.serving(paths))
    if used and used.user == role:
        raise Failure(f"The release that serves uses the role {role}: it can be retired once it is not in use.")
    retire_role(servers, master, role, patience)
