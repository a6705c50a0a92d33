"""What the stack is to be like, as plain values: the shape in which settings reach the components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# RDS User Guide, "gp3 storage": from here on RDS for PostgreSQL spreads a volume over four,
# whose baseline is no longer 3,000 IOPS.
SPREAD_GB, SPREAD_IOPS = 400, 12000


@dataclass(frozen=True, kw_only=True)
class WantedDatabase:
    """The database that a configuration asks for."""

    instance_class: str
    storage_gb: int
    max_storage_gb: int  # 0: RDS leaves the storage as it is
    postgres_version: str
    multi_az: bool
    read_replica: bool
    backup_retention_days: int
    log_retention_days: int
    password_generation: int

    @property
    def iops(self) -> int | None:
        """The baseline of a volume that is spread, and RDS's own choice for others: it takes none from them.

        Left out, a volume that grows beyond the threshold is sent the 3,000 that it had, which RDS refuses
        (hashicorp/terraform-provider-aws, issue 28382).
        """
        return SPREAD_IOPS if self.storage_gb >= SPREAD_GB else None


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What configuration says of the app's environment; its credentials are made by the stack."""

    variables: Mapping[str, str] = field(repr=False)
    secret_key_generation: int


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the host keeps to when it puts a release into service. Nothing in it is secret."""

    domain: str
    health_path: str
    watch_seconds: int
    watch_max_p99_ms: int
    keep_releases: int
    accept_migrations: Sequence[str]
    processes: Mapping[str, str]  # name → command
    schedule: Mapping[str, Mapping[str, str]]  # name → command and calendar
