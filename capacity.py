"""Whether the workers that are asked for fit into the server's memory and the database's connections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from instance_types import memory_mib

if TYPE_CHECKING:
    from settings import Settings

# A worker with a mid-sized Django project in it, and Debian with nginx; while a release is switched, two colours run.
WORKER_MIB, SYSTEM_MIB, COLOURS = 150, 300, 2

# Connections kept back: Postgres's and RDS's own reserve, and an operator's psql.
RESERVED_CONNECTIONS = 13


def capacity_findings(settings: Settings) -> Iterator[str]:
    """Findings about workers and threads, each beginning with its key."""
    workers, threads = settings.workers, settings.threads
    for key, value in (("workers", workers), ("threads", threads)):
        if value < 1:
            yield f"{key} is {value}; give 1 or more."
    memory = memory_mib(settings.instance_type)
    needed = SYSTEM_MIB + (COLOURS * workers + len(settings.processes)) * WORKER_MIB
    if memory is not None and needed > memory:
        yield (
            f"workers is {workers}{_beside(settings)}, which needs about {needed} MiB while a release is switched, and "
            f"{settings.instance_type} has {memory}; lower workers or take a larger instanceType."
        )
    connections = max_connections(settings.database_instance_class)
    used = COLOURS * workers * threads + len(settings.processes)
    if connections is not None and used > connections - RESERVED_CONNECTIONS:
        yield (
            f"workers is {workers} and threads {threads}, up to {used} connections while a "
            f"release is switched, and {settings.database_instance_class} leaves "
            f"{connections - RESERVED_CONNECTIONS}; lower them or take a larger databaseInstanceClass."
        )


def _beside(settings: Settings) -> str:
    return f" and processes has {len(settings.processes)}" if settings.processes else ""


def max_connections(database_instance_class: str) -> int | None:
    """Connections that RDS's default parameter group allows on a class, on the careful side; None if not known.

    The formula is LEAST(DBInstanceClassMemory/9531392, 5000) (RDS User Guide, "Quotas and constraints"), and
    DBInstanceClassMemory is the nominal memory less what RDS takes for itself: about 30 % on the small classes.
    """
    memory = memory_mib(database_instance_class)
    return None if memory is None else min(int(0.7 * memory * 1024 * 1024 / 9531392), 5000)
