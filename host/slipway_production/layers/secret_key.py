"""SECRET_KEY from the environment, also where the project has copied its own (a JWT signing key, say)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHORTEST_KEY = 8  # A shorter one ("x", "") may equal other strings by chance.
# Django 4.1 release notes, "SECRET_KEY_FALLBACKS"; sessions follow it since 4.1.8 (ticket 34384).
FALLBACKS_SINCE = (4, 1)
SESSIONS_SINCE = (4, 1, 8)


def layer(settings: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    new, old = environ["SECRET_KEY"], settings.get("SECRET_KEY", "")
    changed = {name: replace(settings[name], old, new) for name in copies(settings)}
    accepted = [*fallbacks(environ), *(settings.get("SECRET_KEY_FALLBACKS") or ())]
    if django >= FALLBACKS_SINCE and accepted:
        changed["SECRET_KEY_FALLBACKS"] = [key for key in dict.fromkeys(accepted) if key != new]
    return {**changed, "SECRET_KEY": new}


def fallbacks(environ: Mapping[str, str]) -> list[str]:
    """The keys of this stack that are still accepted: those before the one that signs."""
    return [key for key in environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]


def copies(settings: Mapping[str, Any]) -> list[str]:
    """The names of the other settings that hold the project's SECRET_KEY."""
    key = settings.get("SECRET_KEY")
    if type(key) is not str or len(key) < SHORTEST_KEY:
        return []
    return [n for n, value in settings.items() if n != "SECRET_KEY" and replace(value, key, "") is not value]


def advice(project: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, ...]) -> list[str]:
    """What a rotation of SECRET_KEY does not carry over in this project; nothing while there is none."""
    if not fallbacks(environ):
        return []
    found = [
        f"{name} has a copy of SECRET_KEY, and no fallback: what it signed before the rotation is refused"
        for name in copies(project)
    ]
    if django < SESSIONS_SINCE:
        version = ".".join(map(str, django))
        found.append(f"Django {version} logs everybody out as SECRET_KEY rotates: it needs 4.1.8 or newer not to")
    return found


def replace(value: Any, old: str, new: str) -> Any:
    """`value` with `old` replaced in it; the very same object where there is nothing to replace.

    Only plain strings are compared: `==` on a lazy translation would evaluate it while settings still load.
    """
    if type(value) is str:
        return new if value == old else value
    if type(value) is dict:
        replaced = {key: replace(item, old, new) for key, item in value.items()}
        return replaced if any(replaced[key] is not value[key] for key in value) else value
    return value
