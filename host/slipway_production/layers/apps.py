"""The apps and the middleware that production relies on, added where a project lacks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATIC_FILES = "django.contrib.staticfiles"
# Projects use its fields without listing it, since SQLite never asked (system check postgres.E005).
POSTGRES = "django.contrib.postgres"
SECURITY = "django.middleware.security.SecurityMiddleware"


def layer(settings: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    apps = list(settings.get("INSTALLED_APPS") or ())
    wanted = [STATIC_FILES, *([POSTGRES] if settings.get("DATABASES") else [])]
    middleware = list(settings.get("MIDDLEWARE") or ())
    if not any(name.endswith("SecurityMiddleware") for name in middleware):
        middleware.insert(0, SECURITY)
    return {
        "INSTALLED_APPS": [*apps, *(app for app in wanted if not installed(app, apps))],
        "MIDDLEWARE": middleware,
    }


def installed(app: str, apps: list[str]) -> bool:
    """Also when the app is listed by its configuration class, as in `app.apps.AppConfig`."""
    return any(name == app or name.startswith(app + ".") for name in apps)
