"""What an RDS instance must be like."""

from __future__ import annotations

from collections.abc import Iterator

from policies.resource import Resource, Rule

INSTANCE = frozenset({"aws:rds/instance:Instance"})
BACKUP_DAYS = 7


def public(resource: Resource) -> Iterator[str]:
    if resource.inputs.get("publiclyAccessible"):
        yield "has a public address; set publiclyAccessible to false."


def minor_versions(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("autoMinorVersionUpgrade"):
        yield "stays on an old minor version; set autoMinorVersionUpgrade."


def parameters(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("parameterGroupName"):
        yield "runs on the default parameter group, which may take connections in clear; set parameterGroupName."


def forced_tls(resource: Resource) -> Iterator[str]:
    values = {one.get("name"): one.get("value") for one in resource.items("parameters")}
    if str(resource.inputs.get("family", "")).startswith("postgres") and values.get("rds.force_ssl") != "1":
        yield 'takes connections in clear; set the parameter rds.force_ssl to "1".'


def deletion(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("deletionProtection"):
        yield "can be deleted by one call; set deletionProtection."


def final_snapshot(resource: Resource) -> Iterator[str]:
    if resource.inputs.get("replicateSourceDb"):
        return
    if resource.inputs.get("skipFinalSnapshot") or not resource.inputs.get("finalSnapshotIdentifier"):
        yield "leaves nothing behind; set skipFinalSnapshot to false and give finalSnapshotIdentifier."


def backups(resource: Resource) -> Iterator[str]:
    days = resource.inputs.get("backupRetentionPeriod") or 0
    if days < BACKUP_DAYS and not resource.inputs.get("replicateSourceDb"):
        yield f"keeps backups for {days:g} days; give backupRetentionPeriod {BACKUP_DAYS} or more."


RULES = (
    Rule(name="database-private", says="RDS has no public address.", types=INSTANCE, check=public),
    Rule(
        name="database-minor-versions",
        says="RDS takes up minor versions by itself.",
        types=INSTANCE,
        check=minor_versions,
    ),
    Rule(name="database-parameters", says="RDS runs on a parameter group of ours.", types=INSTANCE, check=parameters),
    Rule(
        name="database-forces-tls",
        says="Postgres takes connections over TLS alone.",
        types=frozenset({"aws:rds/parameterGroup:ParameterGroup"}),
        check=forced_tls,
    ),
    Rule(
        name="database-kept",
        says="In production, no call deletes the database.",
        types=INSTANCE,
        check=deletion,
        production=True,
    ),
    Rule(
        name="database-final-snapshot",
        says="In production, a deleted database leaves a snapshot.",
        types=INSTANCE,
        check=final_snapshot,
        production=True,
    ),
    Rule(
        name="database-backups",
        says=f"In production, backups are kept for {BACKUP_DAYS} days or longer.",
        types=INSTANCE,
        check=backups,
        production=True,
    ),
)
