"""One migration at a time: a lock in the database itself, held by a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

KEY = 0x511F3A7  # Any number, the same for every release.


@contextmanager
def only_one(connection: Any) -> Iterator[None]:
    """Holds Postgres' advisory lock; waits a minute for another holder, then the database says so."""
    if connection.vendor != "postgresql":
        yield
        return
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SET lock_timeout = '60s'")
            cursor.execute("SELECT pg_advisory_lock(%s)", [KEY])
        yield
    finally:
        holder.close()
