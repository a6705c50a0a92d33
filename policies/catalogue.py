"""All rules that need nothing but a resource's type and inputs."""

from __future__ import annotations

from policies import compute, database, encryption, identity, logs, network, tags
from policies.resource import Rule

RULES: tuple[Rule, ...] = (
    *network.RULES,
    *encryption.RULES,
    *compute.RULES,
    *database.RULES,
    *identity.RULES,
    *logs.RULES,
    *tags.RULES,
)
