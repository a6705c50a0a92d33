"""What can be known to be wrong with a configuration before anything is built, each finding one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import access, capacity, certificate, database, machines, names, project, protection, releasing, watch

if TYPE_CHECKING:
    from settings import Settings


def findings(settings: Settings, stack: str) -> list[str]:
    """Every finding about the settings of a stack, in the order of Pulumi.yaml."""
    layers = (names, project, machines, database, access, certificate, releasing, capacity, watch)
    found = [finding for layer in layers for finding in layer.findings(settings)]
    found += protection.findings(settings, stack)
    return [*(f"slipway:{finding}" for finding in found), *names.stack_findings(stack)]
