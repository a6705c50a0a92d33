"""What RDS refuses of an instance, and how a read replica hangs on its source."""

from pathlib import Path

import pytest

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws_db_instance import DbInstance
from rehearsal.providers.database_rules import growth_problems, log_groups, problems
from rehearsal.providers.values import Values
from tests.standins import clouds

GOOD: Values = {
    "allocatedStorage": 20,
    "backupRetentionPeriod": 7,
    "backupWindow": "02:00-03:00",
    "databaseInsightsMode": "standard",
    "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
    "engine": "postgres",
    "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
    "engineVersion": "17",
    "finalSnapshotIdentifier": "slipway-prod-0a1b-final",
    "identifier": "slipway-prod-0a1b",
    "maintenanceWindow": "Sun:03:30-sun:04:30",
    "maxAllocatedStorage": 100,
    "storageType": "gp3",
}


def test_what_is_right_is_taken() -> None:
    assert list(problems(GOOD)) == []
    assert list(problems({**GOOD, "maxAllocatedStorage": 0})) == [], "0 switches autoscaling off"


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        ({"engine": "mysql"}, "engine: the rehearsal has no 'mysql' server, only 'postgres'"),
        ({"engineVersion": "16"}, "engineVersion: the rehearsal's server is Postgres 17, not 16"),
        ({"identifier": "7up"}, "identifier: '7up' must begin with a letter,"),
        ({"identifier": "a--b"}, "identifier: 'a--b' must begin with a letter,"),
        ({"finalSnapshotIdentifier": "final-"}, "finalSnapshotIdentifier: 'final-' must begin with a letter,"),
        ({"allocatedStorage": 10}, "allocatedStorage: 10 GB is less than the 20 GB of a volume"),
        ({"maxAllocatedStorage": 21}, "maxAllocatedStorage: Invalid max storage size for engine name postgres: 21 GB"),
        (
            {"iops": 3000},
            "iops: You can't specify IOPS or storage throughput for engine postgres and a storage size less",
        ),
        (
            {"allocatedStorage": 400, "maxAllocatedStorage": 0, "iops": 3000},
            "iops: Invalid iops value for engine name postgres and storage type gp3: 3000",
        ),
        ({"storageType": "floppy"}, "storageType: 'floppy' is none of gp2, gp3"),
        ({"backupRetentionPeriod": 36}, "backupRetentionPeriod: 36 is not in the range 0-35"),
        ({"backupWindow": "2:00-3:00"}, "backupWindow: '2:00-3:00' must satisfy the format of 'hh24:mi-hh24:mi'"),
        ({"backupWindow": "23:50-00:10"}, "backupWindow: '23:50-00:10' must be at least 30 minutes long"),
        ({"maintenanceWindow": "03:30-04:30"}, "maintenanceWindow: '03:30-04:30' must satisfy the format of"),
        ({"databaseInsightsMode": "full"}, "databaseInsightsMode: 'full' is none of standard, advanced"),
        ({"databaseInsightsMode": "advanced"}, "databaseInsightsMode: 'advanced' needs performanceInsightsEnabled"),
        ({"enabledCloudwatchLogsExports": ["slow"]}, "enabledCloudwatchLogsExports: You cannot use the log types"),
        ({"monitoringInterval": 7}, "monitoringInterval: 7 is none of 0, 1, 5, 10, 15, 30, 60"),
    ],
)
def test_what_is_wrong_is_named(other: Values, problem: str) -> None:
    [(key, reason)] = problems({**GOOD, **other})
    assert f"{key}: {reason}".startswith(problem)


def test_a_replica_has_its_source_s_and_no_snapshot_of_its_own() -> None:
    found = dict(problems({"replicateSourceDb": "db", "username": "me", "skipFinalSnapshot": False}))
    assert found == {
        "username": "a read replica has its source's: leave it out",
        "skipFinalSnapshot": "RDS makes no final snapshot of a read replica: set it to true",
    }
    assert DbInstance.required == {"instanceClass"}


def test_rds_writes_to_groups_named_after_the_instance() -> None:
    assert log_groups("db", GOOD) == ["/aws/rds/instance/db/postgresql", "/aws/rds/instance/db/upgrade"]
    assert log_groups("db", {}) == []


@pytest.fixture
def kind(tmp_path: Path) -> DbInstance:
    cloud = clouds.quiet(tmp_path)
    clouds.site(cloud.ledger)
    return DbInstance(cloud)


def test_a_replica_needs_a_source_that_has_backups(kind: DbInstance) -> None:
    with pytest.raises(RehearsalError, match=r"^DBInstanceNotFound: DBInstance nothing not found\.$"):
        kind.create("it", {"identifier": "r", "replicateSourceDb": "nothing", "instanceClass": "db.t4g.micro"})
    with pytest.raises(RehearsalError, match=r"^InvalidDBInstanceState: Automated backups are not enabled"):
        kind.create("it", {"identifier": "r", "replicateSourceDb": "db", "instanceClass": "db.t4g.micro"})


def test_storage_that_outgrows_one_volume_needs_its_iops() -> None:
    grown = {**GOOD, "allocatedStorage": 400}
    assert list(growth_problems("db", GOOD, {**grown, "iops": 12000})) == []
    [problem] = growth_problems("db", GOOD, grown)
    assert problem.endswith("Invalid iops value for engine name postgres and storage type gp3: 3000")


def test_storage_never_shrinks(kind: DbInstance) -> None:
    facts = kind.cloud.ledger.need(tokens.DB_INSTANCE, "db").facts
    kind.cloud.ledger.put(tokens.DB_INSTANCE, "db", {**facts, "inputs": {"allocatedStorage": 50}})
    with pytest.raises(RehearsalError, match="Invalid storage size 20 GB for DB instance db: it has 50 GB"):
        kind.update("db", {}, {"allocatedStorage": 20})


def test_a_final_snapshot_has_a_name_that_is_free(kind: DbInstance) -> None:
    kind.cloud.snapshots.mkdir()
    (kind.cloud.snapshots / "last.sql").touch()
    with pytest.raises(RehearsalError, match=r"^DBSnapshotAlreadyExists"):
        kind.delete("db", {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "last"})
    assert kind.cloud.ledger.find(tokens.DB_INSTANCE, "db")
