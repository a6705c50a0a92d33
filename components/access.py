"""What it takes to use the database: the shape in which one component's outputs become another's arguments."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class DatabaseAccess:
    """Where the database listens, its master user, and the password that the app's own role is to have."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    master_user: str
    master_password: pulumi.Output[str]
    app_password: pulumi.Output[str]
