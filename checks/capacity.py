"""Whether the workers that are asked for fit into the server's memory and the database's connections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tables.instance_types import max_connections, memory_mib

if TYPE_CHECKING:
    from settings import Settings

# A worker with a mid-sized Django project in it, and Debian with nginx; while a release is switched, two colours run.
WORKER_MIB, SYSTEM_MIB, COLOURS = 150, 300, 2

# Connections kept back: Postgres's and RDS's own reserve, and an operator's psql.
RESERVED_CONNECTIONS = 13


def findings(settings: Settings) -> Iterator[str]:
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
