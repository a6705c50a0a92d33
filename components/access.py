"""What it takes to use the database: the shape in which one component's outputs become another's arguments."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.generations import Generations

# The roles that serve take turns, so that a new password never has to replace one that is in use.
SERVING_ROLES = ("app", "app_2")
OWNER = "app_owner"


@dataclass(frozen=True, kw_only=True)
class DatabaseAccess:
    """Where the database listens, its master user, and the passwords that the roles of the app are to have."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    replica_address: pulumi.Output[str] | None
    master_user: str
    master_password: pulumi.Output[str]
    owner_password: pulumi.Output[str]  # of the role that migrates
    app_passwords: Generations  # of the roles that serve

    @property
    def role(self) -> str:
        """The role that serves: the first one at odd generations."""
        return SERVING_ROLES[(self.app_passwords.number - 1) % 2]

    @property
    def other_role(self) -> str:
        """The role of the generations before and after."""
        return SERVING_ROLES[self.app_passwords.number % 2]
