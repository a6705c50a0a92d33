"""What the alarms need to know of a server and a database: the shape in which their components hand it on."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from wanted import WantedDatabase


@dataclass(frozen=True, kw_only=True)
class WatchedServer:
    """An instance, and what it was asked to be."""

    id: pulumi.Output[str]
    instance_type: str


@dataclass(frozen=True, kw_only=True)
class WatchedDatabase:
    """A database, its replica where it has one, and what they were asked to be."""

    id: pulumi.Output[str]
    replica_id: pulumi.Output[str] | None
    wanted: WantedDatabase
