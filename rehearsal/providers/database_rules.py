"""What RDS refuses of a database instance's inputs, and what it makes beside one."""

import re
from collections.abc import Iterator

from rehearsal.postgres import VERSION
from rehearsal.providers.values import Values

# RDS for PostgreSQL on gp2 or gp3 storage.
LEAST_STORAGE_GB = 20
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html: a tenth more than is allocated.
LEAST_ROOM = 1.1
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html, "gp3 storage": a volume has 3,000 IOPS and takes no
# other number, and from here on has 12,000 and takes more.
SPREAD_GB, BASELINE_IOPS = 400, (3000, 12000)
# RDS keeps automated backups for at most 35 days.
MOST_RETENTION_DAYS = 35
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
DAY = r"(mon|tue|wed|thu|fri|sat|sun)"
WINDOWS = {
    "backupWindow": (re.compile(f"{CLOCK}-{CLOCK}"), "hh24:mi-hh24:mi"),
    "maintenanceWindow": (re.compile(f"{DAY}:{CLOCK}-{DAY}:{CLOCK}", re.IGNORECASE), "ddd:hh24:mi-ddd:hh24:mi"),
}
NAME = re.compile(r"[a-z](-?[a-z0-9])*", re.IGNORECASE)
LONGEST_NAME, LONGEST_SNAPSHOT_NAME = 63, 255
INSIGHTS = ("standard", "advanced")
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.html: advanced keeps 15 months.
ADVANCED_RETENTION_DAYS = 465
LOGS = ("postgresql", "upgrade", "iam-db-auth-error")
MONITORING_SECONDS = (0, 1, 5, 10, 15, 30, 60)
LIFE_CYCLE = ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled")
STORAGE_TYPES = ("gp2", "gp3", "io1", "io2", "standard")
# What a replica takes from its source, and may not be given (pulumi-aws: "Cannot be specified for a replica").
OF_THE_SOURCE = ("dbName", "password", "username")

Problem = tuple[str, str]


def problems(inputs: Values) -> Iterator[Problem]:
    """Every input that RDS or pulumi-aws refuses, and why."""
    for check in (_engine, _names, _storage, _backups, _watching, _replica):
        yield from check(inputs)


def log_groups(identifier: str, inputs: Values) -> list[str]:
    """The log groups that RDS writes exported logs to; it makes those that are not there, and never removes them."""
    return [f"/aws/rds/instance/{identifier}/{log}" for log in inputs.get("enabledCloudwatchLogsExports", [])]


def _engine(inputs: Values) -> Iterator[Problem]:
    if inputs.get("engine", "postgres") != "postgres":
        yield "engine", f"the rehearsal has no {inputs['engine']!r} server, only 'postgres'"
    if str(inputs.get("engineVersion", VERSION)).split(".")[0] != VERSION:
        yield "engineVersion", f"the rehearsal's server is Postgres {VERSION}, not {inputs['engineVersion']}"
    yield from _among(inputs, "engineLifecycleSupport", LIFE_CYCLE)


def _names(inputs: Values) -> Iterator[Problem]:
    for key, longest in (("identifier", LONGEST_NAME), ("finalSnapshotIdentifier", LONGEST_SNAPSHOT_NAME)):
        name = str(inputs.get(key, "a"))
        if len(name) > longest or not NAME.fullmatch(name):
            yield (
                key,
                f"{name!r} must begin with a letter, hold letters, digits and single hyphens alone, end in no hyphen, "
                f"and have at most {longest} characters",
            )


def _storage(inputs: Values) -> Iterator[Problem]:
    allocated, most = inputs.get("allocatedStorage"), inputs.get("maxAllocatedStorage")
    if allocated is not None and allocated < LEAST_STORAGE_GB:
        yield "allocatedStorage", f"{allocated} GB is less than the {LEAST_STORAGE_GB} GB of a volume"
    if allocated and most and most < allocated * LEAST_ROOM:
        yield (
            "maxAllocatedStorage",
            f"Invalid max storage size for engine name postgres: {most} GB is not at least 10% more than the "
            f"{allocated} GB of allocatedStorage; 0, or none, switches autoscaling off",
        )
    yield from _among(inputs, "storageType", STORAGE_TYPES)
    if inputs.get("storageType") == "gp3" and "iops" in inputs and allocated:
        if allocated < SPREAD_GB:
            yield (
                "iops",
                "You can't specify IOPS or storage throughput for engine postgres and a storage size less than "
                f"{SPREAD_GB}",
            )
        elif inputs["iops"] < BASELINE_IOPS[1]:
            yield "iops", f"Invalid iops value for engine name postgres and storage type gp3: {inputs['iops']}"


def growth_problems(id: str, old: Values, inputs: Values) -> Iterator[str]:
    """What RDS refuses when the storage of an instance changes."""
    had, wants = old.get("allocatedStorage", 0), inputs.get("allocatedStorage", 0)
    if wants < had:
        yield (
            f"InvalidParameterCombination: Invalid storage size {wants} GB for DB instance {id}: it has {had} GB, "
            "and storage can grow, never shrink."
        )
    # pulumi-aws sends what the volume had where nothing is asked for (hashicorp/terraform-provider-aws, issue 28382).
    if had < SPREAD_GB <= wants and inputs.get("storageType") == "gp3" and "iops" not in inputs:
        yield (
            "InvalidParameterCombination: Invalid iops value for engine name postgres and storage type gp3: "
            f"{BASELINE_IOPS[0]}"
        )


def _backups(inputs: Values) -> Iterator[Problem]:
    if inputs.get("backupRetentionPeriod", 0) not in range(MOST_RETENTION_DAYS + 1):
        yield "backupRetentionPeriod", f"{inputs['backupRetentionPeriod']} is not in the range 0-{MOST_RETENTION_DAYS}"
    for key, (shape, words) in WINDOWS.items():
        if key in inputs and not shape.fullmatch(inputs[key]):
            yield key, f"{inputs[key]!r} must satisfy the format of {words!r} (24 hours, UTC)"
    window = inputs.get("backupWindow", "")
    if WINDOWS["backupWindow"][0].fullmatch(window):
        begins, ends = (int(clock[:2]) * 60 + int(clock[3:5]) for clock in (window[:5], window[6:]))
        if (ends - begins) % 1440 < 30:
            yield "backupWindow", f"{window!r} must be at least 30 minutes long"


def _watching(inputs: Values) -> Iterator[Problem]:
    yield from _among(inputs, "databaseInsightsMode", INSIGHTS)
    kept = inputs.get("performanceInsightsRetentionPeriod", ADVANCED_RETENTION_DAYS)
    if inputs.get("databaseInsightsMode") == "advanced" and not (
        inputs.get("performanceInsightsEnabled") and kept >= ADVANCED_RETENTION_DAYS
    ):
        yield (
            "databaseInsightsMode",
            f"'advanced' needs performanceInsightsEnabled and {ADVANCED_RETENTION_DAYS} days of "
            "performanceInsightsRetentionPeriod",
        )
    for log in inputs.get("enabledCloudwatchLogsExports", []):
        if log not in LOGS:
            yield "enabledCloudwatchLogsExports", f"You cannot use the log types '{log}' with engine postgres"
    yield from _among(inputs, "monitoringInterval", MONITORING_SECONDS)


def _replica(inputs: Values) -> Iterator[Problem]:
    if "replicateSourceDb" not in inputs:
        return
    for key in OF_THE_SOURCE:
        if inputs.get(key) is not None:
            yield key, "a read replica has its source's: leave it out"
    if not inputs.get("skipFinalSnapshot"):
        yield "skipFinalSnapshot", "RDS makes no final snapshot of a read replica: set it to true"


def _among(inputs: Values, key: str, known: tuple[object, ...]) -> Iterator[Problem]:
    if key in inputs and inputs[key] not in known:
        yield key, f"{inputs[key]!r} is none of {', '.join(map(str, known))}"
