"""Logs end some day."""

from __future__ import annotations

from collections.abc import Iterator

from policies.resource import Resource, Rule


def retention(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("retentionInDays"):
        yield "keeps its logs for ever; give retentionInDays."


RULES = (
    Rule(
        name="log-retention",
        says="Log groups say how long they keep their logs.",
        types=frozenset({"aws:cloudwatch/logGroup:LogGroup"}),
        check=retention,
    ),
)
