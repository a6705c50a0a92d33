"""What logs, metrics, alarms, their messages, the key and the names are charged for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cost.charge import Charge, months
from cost.stacks import Stack
from cost.usage import Usage, exactly
from policies.resource import Resource

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
RECORD = "aws:route53/record:Record"
# Whose logs a group takes, by the end of its name: most are written by nginx and by Postgres.
FROM_DATABASE = "database-"
MAIN_GROUPS = ("-nginx-access", "-app", "-system", "-postgresql")
DAYS = Decimal("30.4")


def logs(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    """What is taken in, shared out evenly among the groups that take much, and what is kept of it."""
    if not resource.name.endswith(MAIN_GROUPS):
        return  # errors of nginx, upgrades of the database: nearly nothing
    database = resource.name.startswith(FROM_DATABASE)
    peers = [
        one
        for one in stack.of_type(LOG_GROUP)
        if one.name.endswith(MAIN_GROUPS) and one.name.startswith(FROM_DATABASE) == database
    ]
    total, basis = (usage.database_log_gb, "database_log_gb") if database else (usage.log_gb, "log_gb")
    share = total / len(peers)
    of = f" / {len(peers)}" if len(peers) > 1 else ""
    yield Charge(
        resource=resource.name,
        what="logs taken in",
        service="cloudwatch",
        item="logs-in",
        quantity=share,
        basis=basis + of,
    )
    days = Decimal(str(resource.inputs["retentionInDays"]))
    yield Charge(
        resource=resource.name,
        what="logs kept",
        service="cloudwatch",
        item="logs-stored",
        quantity=share * days / DAYS,
        basis=f"{basis}{of}, {days.normalize():f} days",
    )


def alarm(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    """Alarms are charged by the metrics that they look at."""
    looked_at = max(1, len(_metrics_of(resource)))
    yield Charge(
        resource=resource.name,
        what="alarm",
        service="cloudwatch",
        item="alarm",
        quantity=months(usage) * exactly(looked_at),
        basis=f"{looked_at} metric{'s' if looked_at > 1 else ''}",
    )


def metrics(stack: Stack, usage: Usage) -> Iterator[Charge]:
    """Metrics of our own, as alarms and filters name them: AWS's cost nothing."""
    named = {
        (str(metric.get("namespace")), str(metric.get("metricName") or metric.get("name")))
        for resource in stack.resources
        for metric in _metrics_of(resource)
        if not str(metric.get("namespace")).startswith("AWS/")
    }
    for _, name in sorted(named):
        yield Charge(
            resource=f"metric {name}",
            what="metric of our own",
            service="cloudwatch",
            item="metric",
            quantity=months(usage),
            basis="1",
        )


def _metrics_of(resource: Resource) -> list[dict[str, Any]]:
    inputs = resource.inputs
    if transformation := inputs.get("metricTransformation"):
        return [transformation]
    queries = [query["metric"] for query in inputs.get("metricQueries") or [] if query.get("metric")]
    return queries or ([dict(inputs)] if inputs.get("metricName") else [])


def nothing(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    """Charged elsewhere: a filter costs nothing, the metric that it makes does."""
    yield from ()


def key(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    yield Charge(
        resource=resource.name, what="key", service="kms", item="key", quantity=months(usage), basis="its first year"
    )
    yield Charge(
        resource=resource.name,
        what="uses of the key",
        service="kms",
        item="request",
        quantity=usage.kms_requests / 1000,
        basis="kms_requests",
    )


def record(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    """Questions are charged, records are not: all of them to the first of the records that visitors ask for."""
    asked = [one.name for one in stack.of_type(RECORD) if one.inputs.get("type") in ("A", "AAAA")]
    if asked and resource.name == asked[0]:
        yield Charge(
            resource=resource.name,
            what="questions for the site's names",
            service="route53",
            item="query",
            quantity=usage.dns_queries / 1000,
            basis="dns_queries",
        )


def subscription(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    protocol = str(resource.inputs.get("protocol"))
    yield Charge(
        resource=resource.name,
        what=f"messages by {protocol}",
        service="sns",
        item=protocol,
        quantity=usage.emails / 1000,
        basis="emails",
    )
