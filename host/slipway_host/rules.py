"""What the program wants of every release on this host: /etc/slipway/rules.json, which holds no secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from slipway_host import files
from slipway_host.errors import Failure
from slipway_host.paths import Paths


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A scheduled command; `calendar` is systemd's OnCalendar."""

    command: str
    calendar: str


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How a release goes live, and what runs beside the site. The defaults hold where the file is missing."""

    domain: str = ""  # empty: unknown, and so the site is not watched
    health_path: str = "/"
    watch_seconds: float = 3
    watch_max_p99_ms: float = 2000
    keep_releases: int = 5
    accept_migrations: tuple[str, ...] = ()
    processes: Mapping[str, str] = field(default_factory=dict)  # name → command
    schedule: Mapping[str, Timer] = field(default_factory=dict)


def read(paths: Paths) -> Rules:
    """The rules as they are now. Keys that a newer program writes are left out."""
    text = files.read(paths.rules)
    if text is None:
        return Rules()
    try:
        values = {**json.loads(text)}
        known = {each.name: values[each.name] for each in fields(Rules) if each.name in values}
        known["accept_migrations"] = tuple(known.get("accept_migrations", ()))
        known["schedule"] = {name: Timer(**timer) for name, timer in known.get("schedule", {}).items()}
        return Rules(**known)
    except (ValueError, TypeError, AttributeError):
        raise Failure(f"{paths.rules} is damaged; deploy again to have it written.") from None
