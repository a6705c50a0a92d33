"""The certificate, and how far browsers rely on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.watch import MAIL

if TYPE_CHECKING:
    from settings import Settings

HSTS_SECONDS = {"off": 0, "hour": 3600, "day": 86400, "week": 604800, "year": 31536000}


def findings(settings: Settings) -> Iterator[str]:
    """Findings about the certificate, each beginning with its key."""
    server = settings.acme_server
    if server not in ("production", "staging") and not re.fullmatch(r"https://[^/\s]+\S*", server):
        yield f"acmeServer is {server!r}; write production, staging, or the https URL of an ACME directory."
    if settings.acme_email and not MAIL.fullmatch(settings.acme_email):
        yield f"acmeEmail is {settings.acme_email!r}, which is no mail address; correct it or leave it empty."
    if settings.hsts_stage not in HSTS_SECONDS:
        yield f"hstsStage is {settings.hsts_stage!r}; write one of {', '.join(HSTS_SECONDS)}."
    elif settings.hsts_stage != "off" and server == "staging":
        yield (
            f"hstsStage is {settings.hsts_stage!r} while acmeServer is 'staging', whose certificates no browser "
            "trusts: with HSTS nobody could pass the warning; keep hstsStage off until acmeServer is production."
        )
