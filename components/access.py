"""What it takes to use the database: the shape in which one component's outputs become another's arguments."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class DatabaseAccess:
    """Where the database listens, its master user, and the passwords that the roles of the app are to have."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    replica_address: pulumi.Output[str] | None
    master_user: str
    master_password: pulumi.Output[str]
    owner_password: pulumi.Output[str]  # of the role that migrates
    app_password: pulumi.Output[str]  # of the role that serves
