"""The database that a configuration asks of RDS."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tables.instance_types import rds_finding

if TYPE_CHECKING:
    from settings import Settings

# 14 has reached its end (postgresql.org/support/versioning), and its public schema is open to every role.
POSTGRES = ("15", "16", "17", "18")
# RDS User Guide, "gp3 storage": the volumes of RDS for PostgreSQL, in GiB.
SMALLEST_GB, LARGEST_GB = 20, 65536
# RDS User Guide, "Managing capacity automatically with storage autoscaling": the ceiling is a tenth above the volume.
HEADROOM = 1.1


def findings(settings: Settings) -> Iterator[str]:
    """Findings about the database, each beginning with its key."""
    version, storage = settings.postgres_version, settings.database_storage_gb
    if version not in POSTGRES:
        yield f"postgresVersion is {version!r}; give the major version alone, one of {', '.join(POSTGRES)}."
    elif finding := rds_finding(settings.database_instance_class, int(version)):
        yield (
            f"databaseInstanceClass is {settings.database_instance_class!r}, {finding}; take another, such as "
            "db.t4g.micro."
        )
    if not SMALLEST_GB <= storage <= LARGEST_GB:
        yield f"databaseStorageGb is {storage}; RDS takes {SMALLEST_GB} to {LARGEST_GB} GiB of gp3."
    ceiling, least = settings.database_max_storage_gb, math.ceil(round(storage * HEADROOM, 6))
    if ceiling and not least <= ceiling <= LARGEST_GB:
        yield (
            f"databaseMaxStorageGb is {ceiling} while databaseStorageGb is {storage}; RDS takes {least} to "
            f"{LARGEST_GB}, or 0 to leave the storage as it is."
        )
    backups = settings.backup_retention_days
    if not 0 <= backups <= 35:
        yield f"backupRetentionDays is {backups}; RDS takes 0 to 35."
    if settings.database_read_replica and backups == 0:
        yield "databaseReadReplica is true while backupRetentionDays is 0; a replica needs backups: give 1 or more."
