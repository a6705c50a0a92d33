"""How long a migration may wait for a table: everybody who comes after it waits with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slipway_production.migrating.names import is_a

# Postgres, "Error Codes": lock_not_available.
LOCK_NOT_AVAILABLE = "55P03"
# An atomic migration is rolled back whole, and may try again; between two tries the site goes on.
SECONDS, TRIES, PAUSE = 1, 3, 1
# What is not atomic has one try.
SECONDS_ONCE = 5
# These take a lock that readers and writers do not wait for, and wait themselves for the oldest transaction.
UNNOTICED = ("AddIndexConcurrently", "RemoveIndexConcurrently", "ValidateConstraint")
SECONDS_UNNOTICED = 60
OURS = (f"{SECONDS}s", f"{SECONDS_ONCE}s")
LOOK = 0.2  # seconds between two looks at what is waited for

WAITS_FOR = """
SELECT wait.relation::regclass::text, activity.pid, activity.usename
FROM pg_locks wait
CROSS JOIN LATERAL unnest(pg_blocking_pids(wait.pid)) AS blocker
JOIN pg_stat_activity activity ON activity.pid = blocker
WHERE wait.pid = %(process)s AND NOT wait.granted
"""


def limit(connection: Any, migration: Any) -> None:
    """Sets lock_timeout for this migration, save where the project or the role sets one."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting, source FROM pg_settings WHERE name = 'lock_timeout'")
        setting, source = cursor.fetchone()
        if setting == "0" or source == "session":
            _, seconds = tries_and_seconds(migration, None)
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{seconds}s"])


@contextmanager
def patient(operation: Any, editor: Any) -> Iterator[None]:
    """Waits longer for what nobody waits behind, and first removes what an earlier try has left of its index."""
    if editor.connection.vendor != "postgresql" or not goes_unnoticed(operation):
        yield
        return
    with editor.connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        usual = cursor.fetchone()[0]
        longer = f"{SECONDS_UNNOTICED}s" if usual in OURS else usual
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [longer])
        if is_a(operation, "AddIndexConcurrently"):
            drop_half_built(cursor, editor.quote_name(operation.index.name))
    yield
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [usual])


def goes_unnoticed(operation: Any) -> bool:
    return any(is_a(operation, name) for name in UNNOTICED)


def drop_half_built(cursor: Any, index: str) -> None:
    """Postgres leaves it behind as invalid where CREATE INDEX CONCURRENTLY fails, and would not take its name again."""
    cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [index])
    if cursor.fetchone():
        cursor.execute(f"DROP INDEX CONCURRENTLY {index}")


def tries_and_seconds(migration: Any, operation: Any) -> tuple[int, int]:
    if operation is not None and goes_unnoticed(operation):
        return 1, SECONDS_UNNOTICED
    return (TRIES, SECONDS) if migration is not None and migration.atomic else (1, SECONDS_ONCE)


def timed_out(failure: BaseException | None) -> bool:
    """Whether this, or what led to it, is Postgres giving up the wait for a lock."""
    while failure is not None:
        if LOCK_NOT_AVAILABLE in (getattr(failure, "sqlstate", None), getattr(failure, "pgcode", None)):
            return True
        failure = failure.__cause__
    return False


class Watch:
    """Looks, from a connection of its own, at what the migrating connection waits for: once that has given up, its
    place in the queue is gone, and Postgres' error names no table."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.ended = connection, threading.Event()
        self.process = 0
        self.tables: set[str] = set()
        self.holders: set[str] = set()

    def __enter__(self) -> Watch:
        if self.connection.vendor == "postgresql":
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.process = cursor.fetchone()[0]
            self.thread = threading.Thread(target=self.look, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.ended.set()
        if self.process:
            self.thread.join()

    def look(self) -> None:
        """Until the end. What it cannot see it leaves out of the sentence."""
        from django.db import DatabaseError

        eye = self.connection.copy()
        try:
            while not self.ended.wait(LOOK):
                with eye.cursor() as cursor:
                    cursor.execute(WAITS_FOR, {"process": self.process})
                    for table, process, role in cursor.fetchall():
                        self.tables |= {table} if table else set()
                        self.holders |= {f"process {process} of role {role}"}
        except DatabaseError:
            return
        finally:
            eye.close()

    def report(self, migration: Any, operation: Any) -> dict[str, Any]:
        tries, seconds = tries_and_seconds(migration, operation)
        return {
            "seconds": seconds,
            "tries": tries,
            "tables": sorted(self.tables),
            "holders": sorted(self.holders),
        }
