"""What the tables say about machines, and that they are what their source says."""

from __future__ import annotations

import pytest

from tables import make_ec2
from tables.instance_types import (
    TABLES,
    architecture,
    ec2_types,
    max_connections,
    memory_mib,
    rds_families,
    rds_finding,
)


def test_the_table_of_ec2_types_is_what_its_script_writes() -> None:
    assert (TABLES / "ec2.csv").read_text() == make_ec2.text(), "run .venv/bin/python tables/make_ec2.py"


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [
        ("t4g.small", "arm64"),
        ("m7g.large", "arm64"),
        ("c8gd.xlarge", "arm64"),
        ("a1.medium", "arm64"),
        ("g5g.xlarge", "arm64"),
        ("t3.small", "amd64"),
        ("t3a.small", "amd64"),
        ("m7i-flex.large", "amd64"),
        ("g5.xlarge", "amd64"),
        ("g4dn.xlarge", "amd64"),
    ],
)
def test_an_instance_type_has_an_architecture(instance_type: str, expected: str) -> None:
    assert architecture(instance_type) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("t4g.nano", 512),
        ("db.t4g.micro", 1024),
        ("c7g.medium", 2048),
        ("m7i.large", 8192),
        ("db.r6g.2xlarge", 65536),
        ("x2gd.medium", 16384),
        ("m99.large", None),
    ],
)
def test_an_instance_type_has_memory(name: str, expected: int | None) -> None:
    assert memory_mib(name) == expected


def test_every_family_of_rds_runs_on_machines_that_ec2_has() -> None:
    families = {name.partition(".")[0] for name in ec2_types()}
    for family, (_, _, smallest) in rds_families().items():
        assert family in families
        assert f"{family}.{smallest}" in ec2_types(), family


def test_a_class_that_runs_the_version_is_no_finding() -> None:
    for name in ("db.t4g.micro", "db.t3.micro", "db.m8g.large", "db.r6g.16xlarge"):
        assert rds_finding(name, 17) is None, name
    assert rds_finding("db.t2.micro", 12) is None


def test_connections_follow_the_memory_of_the_database() -> None:
    assert max_connections("db.t4g.micro") == 78
    assert max_connections("db.r6g.16xlarge") == 5000
    assert max_connections("db.x99.large") is None
