"""How releases are to go live, and what runs beside the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.commands import command_findings

if TYPE_CHECKING:
    from settings import Settings

# nginx reads it too: without the characters that mean something there.
PATH = re.compile(r"/[A-Za-z0-9._~!&()*+,=:@%/-]*")
MIGRATION = re.compile(r"[A-Za-z_]\w*\.\d*\w+")
LONGEST_WATCH = 600  # seconds; pulumi up waits for it


def findings(settings: Settings) -> Iterator[str]:
    """Findings about releases, each beginning with its key."""
    if not PATH.fullmatch(settings.health_path):
        yield f"healthPath is {settings.health_path!r}; give a path of the site like / or /health/."
    if not 0 <= settings.watch_seconds <= LONGEST_WATCH:
        yield f"watchSeconds is {settings.watch_seconds}; give 0 to {LONGEST_WATCH} seconds."
    if settings.watch_max_p99_ms < 1:
        yield f"watchMaxP99Ms is {settings.watch_max_p99_ms}; give milliseconds, such as 2000."
    if settings.keep_releases < 2:
        yield f"keepReleases is {settings.keep_releases}; give 2 or more: the live one and one to go back to."
    for name in settings.accept_migrations:
        if not isinstance(name, str) or not MIGRATION.fullmatch(name):
            yield f"acceptMigrations has {name!r}; write app label and migration, like shop.0007_remove_legacy."
    yield from command_findings(settings.processes, settings.schedule)
    yield from _generations(settings)


def _generations(settings: Settings) -> Iterator[str]:
    for key, value in (
        ("secretKeyGeneration", settings.secret_key_generation),
        ("databasePasswordGeneration", settings.database_password_generation),
    ):
        if value < 1:
            yield f"{key} is {value}; give 1 or more, and raise it by one to rotate."
