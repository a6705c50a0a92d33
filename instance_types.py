"""What an instance type's name says about the machine: architecture and memory."""

from __future__ import annotations

import re

# EC2 User Guide, "Instance type naming conventions": g after the generation marks Graviton, and a1 was its first.
GRAVITON = re.compile(r"^(a1|[a-z]+\d+g[a-z-]*)\.")

# EC2 User Guide, "General purpose instances": memory of the burstable family by size, in MiB.
BURSTABLE = {
    "nano": 512,
    "micro": 1024,
    "small": 2048,
    "medium": 4096,
    "large": 8192,
    "xlarge": 16384,
    "2xlarge": 32768,
}

# EC2 User Guide: GiB of memory per vCPU of the compute, general and memory families.
GIB_PER_CPU = {"c": 2, "m": 4, "r": 8}


def architecture(instance_type: str) -> str:
    """The architecture of an EC2 type as Debian names it: arm64 or amd64."""
    return "arm64" if GRAVITON.match(instance_type) else "amd64"


def memory_mib(instance_type: str) -> int | None:
    """Nominal memory of an EC2 type, or of an RDS class without its `db.`; None for a family not known here."""
    family, _, size = instance_type.removeprefix("db.").partition(".")
    if re.fullmatch(r"t\d+[a-z]*", family):
        return BURSTABLE.get(size)
    known = re.fullmatch(r"([cmr])\d+[a-z]*", family)
    cpus = {"medium": 1, "large": 2, "xlarge": 4}.get(size)
    if multiple := re.fullmatch(r"(\d+)xlarge", size):
        cpus = 4 * int(multiple[1])
    return GIB_PER_CPU[known[1]] * 1024 * cpus if known and cpus else None
