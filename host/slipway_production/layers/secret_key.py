"""SECRET_KEY from the environment, also where the project has copied its own (a JWT signing key, say)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHORTEST_KEY = 8  # A shorter one ("x", "") may equal other strings by chance.


def layer(settings: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    new, old = environ["SECRET_KEY"], settings.get("SECRET_KEY")
    changed: dict[str, Any] = {}
    if type(old) is str and len(old) >= SHORTEST_KEY:
        for name, value in settings.items():
            replaced = replace(value, old, new)
            if replaced is not value:
                changed[name] = replaced
    return {**changed, "SECRET_KEY": new}


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
