"""What a host needs to know of its subnet: the shape in which the network's outputs become a server's arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class PublicSubnet:
    """A subnet, and what leads from it to the internet."""

    id: pulumi.Output[str]
    way_out: Sequence[pulumi.Resource]
