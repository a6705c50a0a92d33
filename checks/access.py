"""Who may reach the server over SSH."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.networks import network_findings

if TYPE_CHECKING:
    from settings import Settings

PUBLIC_KEY = re.compile(r"(ssh-(ed25519|rsa)|ecdsa-sha2-\S+|sk-\S+) [A-Za-z0-9+/]+=*( [^\n]*)?")


def findings(settings: Settings) -> Iterator[str]:
    """Findings about access, each beginning with its key."""
    if not (settings.admin_cidrs or settings.ssh_through_session_manager):
        yield (
            "adminCidrs is empty, so SSH is closed to all; list the network you run Pulumi from, like 203.0.113.7/32, "
            "or set sshThroughSessionManager to true."
        )
    yield from network_findings(settings.admin_cidrs)
    if settings.ssh_public_key and not PUBLIC_KEY.fullmatch(settings.ssh_public_key):
        yield "sshPublicKey is no SSH public key; give the one line of a .pub file, like 'ssh-ed25519 AAAA… me'."
