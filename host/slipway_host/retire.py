"""Ends a database role that has served: nobody logs in as it any more, and nobody still is."""

from __future__ import annotations

import time
from collections.abc import Sequence

from slipway_host.names import checked_sql
from slipway_host.psql import Login, Server, query

# A colour is stopped before its role is retired; a scheduled command may still be at work.
PATIENCE = 60.0


def retire(servers: Sequence[Server], master: Login, role: str, patience: float = PATIENCE) -> None:
    """Takes password and login from the role, on the first of `servers`, and ends its sessions on all: the replicas.

    Waits `patience` seconds for the sessions to end by themselves. Nothing to do where the role was never made.
    """
    checked_sql(role)

    def ask(server: Server, script: str) -> int:
        return int(query(server, master, "postgres", script, task=f"retire the role {role}"))

    primary, sessions = servers[0], f"FROM pg_stat_activity WHERE usename = '{role}';"
    if ask(primary, f"SELECT count(*) FROM pg_roles WHERE rolname = '{role}';") == 0:
        return
    deadline = time.monotonic() + patience
    while any(ask(server, f"SELECT count(*) {sessions}") for server in servers) and time.monotonic() < deadline:
        time.sleep(1)
    ended = ask(
        primary,
        f"ALTER ROLE {role} NOLOGIN PASSWORD NULL;\nSELECT count(pg_terminate_backend(pid)) {sessions}",
    )
    ended += sum(ask(replica, f"SELECT count(pg_terminate_backend(pid)) {sessions}") for replica in servers[1:])
    print(
        f"retire: {role} logs in no more"
        + (f"; {ended} of its sessions {'was' if ended == 1 else 'were'} ended" if ended else "")
    )
