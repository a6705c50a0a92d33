"""Which networks may reach SSH, and what can be known to be wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, collapse_addresses

# A /8, which is more than anybody's own network.
MOST_ADDRESSES = 2**24


def network_findings(cidrs: Sequence[str]) -> Iterator[str]:
    """Findings about adminCidrs, each beginning with the key."""
    for cidr in sorted({cidr for cidr in cidrs if cidrs.count(cidr) > 1}):
        yield f"adminCidrs has {cidr!r} more than once; name each network once."
    narrow = []
    for cidr in cidrs:
        network = _network(cidr)
        if network is None:
            yield f"adminCidrs has {cidr!r}, which is no IPv4 network; write it like 203.0.113.7/32."
        elif str(network) != cidr:
            yield f"adminCidrs has {cidr!r}, which AWS does not take; write it as {network}."
        elif network.num_addresses > MOST_ADDRESSES:
            yield f"adminCidrs has {cidr!r}, which opens SSH to a large part of the world; name your own network."
        else:
            narrow.append(network)
    together = sum(network.num_addresses for network in collapse_addresses(narrow))
    if together > MOST_ADDRESSES:
        yield (
            f"adminCidrs has networks of {together:,} addresses together, which opens SSH to a large part of the "
            "world; name your own networks."
        )


def _network(cidr: object) -> IPv4Network | None:
    try:
        return IPv4Network(cidr, strict=False) if isinstance(cidr, str) else None
    except ValueError:
        return None
