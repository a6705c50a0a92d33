"""What is true on a host once a command has ended, however the one before it ended."""

from __future__ import annotations

from slipway_host import prune, retreat
from slipway_host.paths import Paths
from slipway_host.rules import Rules
from slipway_host.services import Services


def settle(paths: Paths, services: Services, rules: Rules) -> None:
    """One colour serves and boots, the other does neither; what nobody can go back to is gone."""
    retreat.one_serves(paths, services)
    prune.prune(paths, rules.keep_releases)
