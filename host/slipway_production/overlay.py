"""Composes the production settings: one layer after another, each a pure function over what came before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slipway_production.layers import apps, database, debug, files, logs, secret_key, web

Settings = Mapping[str, Any]
Layer = Callable[[Settings, Mapping[str, str], tuple[int, int]], dict[str, Any]]

SUBJECTS = (debug, secret_key, web, database, apps, files, logs)
LAYERS: tuple[Layer, ...] = tuple(subject.layer for subject in SUBJECTS)


def production(project: Settings, environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    """The project's settings with every layer applied, save the names in SLIPWAY_KEEP_SETTINGS (a comma list).

    A layer that sets a name to None where the project had it removes the name: Django refuses some old ones beside new.
    """
    kept = {name.strip() for name in environ.get("SLIPWAY_KEEP_SETTINGS", "").split(",")}
    settings = {name: value for name, value in project.items() if name != "SETTINGS_MODULE"}
    for layer in LAYERS:
        for name, value in layer(settings, environ, django).items():
            if name in kept:
                continue
            if value is None:
                settings.pop(name, None)
            else:
                settings[name] = value
    return settings
