"""What keeps data from being lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings import Settings

REPLACEABLE = ("server", "database", "media")
PRODUCTION = ("prod", "production")


def findings(settings: Settings, stack: str) -> Iterator[str]:
    """Findings about protection, each beginning with its key."""
    if settings.protect and settings.backup_retention_days == 0:
        yield "protect is true while backupRetentionDays is 0; keep backups of what you protect: give 7 or more."
    for name in settings.accept_replacement:
        if name not in REPLACEABLE:
            yield f"acceptReplacement has {name!r}; what can be accepted is {' or '.join(REPLACEABLE)}."
    yield from _production(settings, stack)


def _production(settings: Settings, stack: str) -> Iterator[str]:
    if stack in PRODUCTION and not settings.protect:
        yield f"protect is false in stack {stack}; set it to true: what is in production is protected and backed up."
