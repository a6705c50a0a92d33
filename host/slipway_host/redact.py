"""Takes secrets out of other programs' output before anybody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

# Never secret, and needed to understand an output.
PLAIN = (
    *("SLIPWAY_DOMAIN", "SLIPWAY_HSTS_SECONDS", "SLIPWAY_THREADS", "SLIPWAY_KEEP_SETTINGS", "WEB_CONCURRENCY"),
    *("SLIPWAY_HEALTH_PATH", "SLIPWAY_BASE_SETTINGS"),
)
LISTS = ("SECRET_KEY_FALLBACKS",)  # secrets with commas between them
SHORTEST = 4  # A shorter value ("3", "on") is no secret, and would be found in every other word.


class Redactor:
    """Replaces values of an environment by the name of their variable."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        spellings = {
            spelling: name
            for name, value in environment.items()
            if name not in PLAIN
            for secret in (value, *value.splitlines(), *passwords(value), *(value.split(",") if name in LISTS else ()))
            for spelling in (secret, repr(secret)[1:-1], quote(secret, safe=""))
            if len(spelling) >= SHORTEST and spelling.lower() not in ("true", "false", "none")
        }
        self.spellings = sorted(spellings.items(), key=lambda item: -len(item[0]))

    def __call__(self, text: str) -> str:
        for spelling, name in self.spellings:
            text = text.replace(spelling, f"[{name}]")
        return text


def passwords(value: str) -> list[str]:
    """The password inside a URL, as written and as meant."""
    if "://" not in value:
        return []
    try:
        password = urlsplit(value).password
    except ValueError:
        return []
    return [password, unquote(password)] if password else []


def nothing(text: str) -> str:
    """For the output of commands that were given no secret."""
    return text
