"""What machines AWS has: EC2 types and RDS classes, from the dated tables beside this file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLES = Path(__file__).resolve().parent
SIZES = ("micro", "small", "medium", "large")


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """A machine to rent: an EC2 type, or what an RDS class runs on."""

    architecture: str  # as Debian names it: arm64 or amd64
    vcpus: int
    memory_mib: int
    recovers: bool  # EC2 moves it to sound hardware when an alarm asks for it


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table; lines that begin with # say where it comes from."""
    lines = (TABLES / name).read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def ec2_types() -> Mapping[str, InstanceType]:
    return {
        row["type"]: InstanceType(
            architecture=row["architecture"],
            vcpus=int(row["vcpus"]),
            memory_mib=int(row["memory_mib"]),
            recovers=row["recovers"] == "yes",
        )
        for row in table("ec2.csv")
    }


@cache
def rds_families() -> Mapping[str, tuple[int, int, str]]:
    """The families of RDS for PostgreSQL: first and last major version, and the smallest size."""
    return {row["family"]: (int(row["first"]), int(row["last"] or 99), row["smallest"]) for row in table("rds.csv")}


def architecture(instance_type: str) -> str:
    """The architecture of a known EC2 type."""
    return ec2_types()[instance_type].architecture


def memory_mib(name: str) -> int | None:
    """Memory of an EC2 type or an RDS class (`db.` and the type beneath it); None for one that is not known."""
    known = ec2_types().get(name.removeprefix("db."))
    return known.memory_mib if known else None


def rds_finding(database_class: str, major: int) -> str | None:
    """Why RDS for PostgreSQL does not run on this class; None where it does."""
    family, _, size = database_class.removeprefix("db.").partition(".")
    offered = database_class.startswith("db.") and family in rds_families() and "metal" not in size
    if not offered or memory_mib(database_class) is None:
        return "which is no class of RDS for PostgreSQL in tables/rds.csv"
    first, last, smallest = rds_families()[family]
    if size == "nano" or (size in SIZES and SIZES.index(size) < SIZES.index(smallest)):
        return f"and the smallest of its family is db.{family}.{smallest}"
    if not first <= major <= last:
        return f"whose family runs Postgres {first} to {last}, not {major}"
    return None


def max_connections(database_instance_class: str) -> int | None:
    """Connections that RDS's default parameter group allows on a class, on the careful side; None if not known.

    The formula is LEAST(DBInstanceClassMemory/9531392, 5000) (RDS User Guide, "Quotas and constraints"), and
    DBInstanceClassMemory is the nominal memory less what RDS takes for itself: about 30 % on the small classes.
    """
    memory = memory_mib(database_instance_class)
    return None if memory is None else min(int(0.7 * memory * 1024 * 1024 / 9531392), 5000)
