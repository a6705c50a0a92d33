"""DEBUG is off, also where the project has copied it to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def layer(settings: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    changed: dict[str, Any] = {"DEBUG": False}
    if settings.get("TEMPLATES"):
        changed["TEMPLATES"] = [quiet(engine) for engine in settings["TEMPLATES"]]
    return changed


def quiet(engine: dict[str, Any]) -> dict[str, Any]:
    """A template engine that shows no source to visitors."""
    if not engine.get("OPTIONS", {}).get("debug"):
        return engine
    return {**engine, "OPTIONS": {**engine["OPTIONS"], "debug": False}}
