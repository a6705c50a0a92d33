"""Writes tables/ec2.csv from the EC2 instance type data that moto carries: `.venv/bin/python tables/make_ec2.py`."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("ec2.csv")
# As EC2 names an architecture, and as Debian does.
ARCHITECTURES = {"arm64": "arm64", "x86_64": "amd64"}


def types() -> dict[str, dict[str, Any]]:
    """DescribeInstanceTypes, all regions in one, as moto's scripts/ec2_get_instance_types.py fetched it from AWS."""
    data = files("moto") / "ec2/resources/instance_types.json.gz"
    found: dict[str, dict[str, Any]] = json.loads(gzip.decompress(data.read_bytes()))
    return found


def rows() -> Iterator[tuple[str, str, int, int, str]]:
    """Type, architecture, vCPUs, MiB and whether EC2 recovers it, of everything that boots a Debian image from EBS."""
    for name, facts in sorted(types().items()):
        architectures = [a for a in facts["ProcessorInfo"]["SupportedArchitectures"] if a in ARCHITECTURES]
        bootable = {"hvm"} <= {*facts["SupportedVirtualizationTypes"]} and "ebs" in facts["SupportedRootDeviceTypes"]
        if architectures and bootable:
            size = facts["MemoryInfo"]["SizeInMiB"]
            recovers = "yes" if facts["AutoRecoverySupported"] else "no"
            yield name, ARCHITECTURES[architectures[-1]], facts["VCpuInfo"]["DefaultVCpus"], size, recovers


def text() -> str:
    """The whole table, its source first."""
    lines = [f"# EC2 DescribeInstanceTypes as carried by moto {version('moto')}; written by tables/make_ec2.py"]
    lines += ["type,architecture,vcpus,memory_mib,recovers"]
    return "\n".join([*lines, *(",".join(map(str, row)) for row in rows()), ""])


if __name__ == "__main__":
    TABLE.write_text(text())
    print(f"{TABLE.name}: {len(list(csv.reader(text().splitlines()))) - 2} types")
