"""Reads the project's own settings, however the project states them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import MutableMapping
from types import ModuleType
from typing import Any

from slipway_production import managepy

FROM_MANAGE_PY = "@manage"


def load(environ: MutableMapping[str, str], ours: str) -> dict[str, Any]:
    """The project's settings by name. `ours` is the module that asks, and what Django is told to use afterwards."""
    for entry in filter(None, environ.get("SLIPWAY_LATE_PATH", "").split(":")):
        if entry not in sys.path:
            sys.path.append(entry)
    name = environ["SLIPWAY_BASE_SETTINGS"]
    if name == FROM_MANAGE_PY:
        found = managepy.configured(environ["SLIPWAY_MANAGE"])
    else:
        # A settings module may read django.conf.settings while it loads: it must meet itself there.
        environ["DJANGO_SETTINGS_MODULE"] = name
        found = settings_of(import_settings(name, environ))
    environ["DJANGO_SETTINGS_MODULE"] = ours
    if not found.get("ROOT_URLCONF"):
        raise ImportError(f"{name} has no ROOT_URLCONF: it is not the settings of a project")
    return found


def import_settings(name: str, environ: MutableMapping[str, str]) -> ModuleType:
    """Imports a settings module; with DJANGO_CONFIGURATION set, through django-configurations."""
    if environ.get("DJANGO_CONFIGURATION"):
        importlib.import_module("configurations.importer").install()
    return importlib.import_module(name)


def settings_of(module: ModuleType) -> dict[str, Any]:
    """What Django itself would take from a settings module: its upper-case names."""
    return {name: getattr(module, name) for name in dir(module) if name.isupper()}
