"""The server and its disks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tables.instance_types import ec2_types

if TYPE_CHECKING:
    from settings import Settings

# EBS User Guide, "EBS volume types": gp3, in GiB.
LARGEST_VOLUME_GB = 16384


def findings(settings: Settings) -> Iterator[str]:
    """Findings about the server, each beginning with its key."""
    if settings.instance_type not in ec2_types():
        yield (
            f"instanceType is {settings.instance_type!r}, which is no EC2 type in tables/ec2.csv; "
            "write one like t4g.small."
        )
    if not 1 <= settings.media_volume_gb <= LARGEST_VOLUME_GB:
        yield f"mediaVolumeGb is {settings.media_volume_gb}; give 1 to {LARGEST_VOLUME_GB} GiB."
