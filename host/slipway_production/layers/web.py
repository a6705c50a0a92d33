"""One domain over HTTPS behind our own proxy: hosts, cookies, redirects, HSTS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The project's owner decides about subdomains and preload lists: no default could know.
OWNERS_CALL = ("security.W005", "security.W021")
HSTS_OFF = ("security.W004",)


def layer(settings: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    domain = environ["SLIPWAY_DOMAIN"]
    seconds = int(environ.get("SLIPWAY_HSTS_SECONDS") or 0)
    silenced = [*(settings.get("SILENCED_SYSTEM_CHECKS") or ()), *OWNERS_CALL, *(() if seconds else HSTS_OFF)]
    return {
        "ALLOWED_HOSTS": [domain],
        "CSRF_TRUSTED_ORIGINS": origins(domain, settings.get("CSRF_TRUSTED_ORIGINS") or (), django),
        # nginx sets this header on every request, whatever the visitor sent.
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": seconds,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SILENCED_SYSTEM_CHECKS": silenced,
    }


def origins(domain: str, own: tuple[str, ...] | list[str], django: tuple[int, int]) -> list[str]:
    """Ours, and those of the project that are not a developer's plain http. Before Django 4.0 they were bare hosts."""
    if django < (4, 0):
        return [domain, *own]
    return [f"https://{domain}", *(origin for origin in own if origin.startswith("https://"))]
