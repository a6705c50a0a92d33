"""What an instance type's name says about the machine."""

from __future__ import annotations

import pytest

from capacity import max_connections
from instance_types import architecture, memory_mib


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [
        ("t4g.small", "arm64"),
        ("m7g.large", "arm64"),
        ("c8gd.xlarge", "arm64"),
        ("r6gn.large", "arm64"),
        ("a1.medium", "arm64"),
        ("x2gd.medium", "arm64"),
        ("g5g.xlarge", "arm64"),
        ("t3.small", "amd64"),
        ("t3a.small", "amd64"),
        ("m7i.large", "amd64"),
        ("m7i-flex.large", "amd64"),
        ("g5.xlarge", "amd64"),
        ("g4dn.xlarge", "amd64"),
    ],
)
def test_the_letter_g_after_the_generation_means_arm(instance_type: str, expected: str) -> None:
    assert architecture(instance_type) == expected


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [
        ("t4g.nano", 512),
        ("db.t4g.micro", 1024),
        ("t3.2xlarge", 32768),
        ("c7g.medium", 2048),
        ("m7i.large", 8192),
        ("db.r6g.2xlarge", 65536),
        ("x2gd.medium", None),
        ("m7i.metal", None),
    ],
)
def test_memory_follows_family_and_size(instance_type: str, expected: int | None) -> None:
    assert memory_mib(instance_type) == expected


def test_connections_follow_the_memory_of_the_database() -> None:
    assert max_connections("db.t4g.micro") == 78
    assert max_connections("db.r6g.16xlarge") == 5000
    assert max_connections("db.x2g.large") is None
