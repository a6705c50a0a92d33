"""What production will do differently from what the project's settings seem to expect: said once a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONSOLE_MAIL = "django.core.mail.backends.console.EmailBackend"
MEMORY_CACHE = "django.core.cache.backends.locmem.LocMemCache"
# Apps that are more than a web server's workers → what they want besides.
COMPANIONS = {
    "channels": "an ASGI server, which is not run: its websockets do not work",
    "django_celery_beat": "Celery's beat and workers, which run only where the configuration's processes has them",
    "django_celery_results": "Celery's workers, which run only where the configuration's processes has them",
    "django_q": "its qcluster, which runs only where the configuration's processes has it",
    "django_rq": "its workers, which run only where the configuration's processes has them, and a Redis",
    "huey.contrib.djhuey": "its consumer, which runs only where the configuration's processes has it",
}


def advice(project: Mapping[str, Any], workers: int) -> list[str]:
    """One sentence for each thing that an operator should know of these settings, as the project has them."""
    found = []
    if project.get("DEBUG"):
        found.append("the settings say DEBUG = True; production turns it off, but what they computed from it stays")
    if project.get("EMAIL_BACKEND") == CONSOLE_MAIL:
        found.append("EMAIL_BACKEND prints mails to the journal instead of sending them")
    cache = project.get("CACHES", {}).get("default", {}).get("BACKEND", MEMORY_CACHE)
    if workers > 1 and cache == MEMORY_CACHE and "CACHES" in project:
        found.append(f"CACHES keeps its entries in each of the {workers} workers' own memory")
    others = sorted(name for name in project.get("DATABASES", {}) if name != "default")
    if others:
        found.append(f"DATABASES has {', '.join(others)} besides default: those are left as they are, and not migrated")
    for app, need in COMPANIONS.items():
        if any(name == app or name.startswith(app + ".") for name in project.get("INSTALLED_APPS", ())):
            found.append(f"{app} wants {need}")
    if project.get("CELERY_BROKER_URL") or project.get("BROKER_URL"):
        found.append(
            "the settings name a Celery broker; its workers run only where the configuration's processes has them"
        )
    return found
