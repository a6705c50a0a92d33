"""Runs a project's own manage.py with Django's command dispatcher stubbed, to see what it sets up."""

from __future__ import annotations

import os
import runpy
import sys
from typing import Any

import django.core.management as management
from django.conf import empty, settings


def run(path: str) -> None:
    """Runs manage.py as a script, as far as the point where it would dispatch a command."""
    kept = management.execute_from_command_line, management.ManagementUtility.execute, sys.argv

    def stop(*arguments: object, **options: object) -> None:
        raise SystemExit(0)

    management.execute_from_command_line = management.ManagementUtility.execute = stop
    sys.argv = [path, "check"]
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit:
        pass
    finally:
        management.execute_from_command_line, management.ManagementUtility.execute, sys.argv = kept


def configured(path: str) -> dict[str, Any]:
    """The settings of a manage.py that calls `settings.configure(...)` and names no module."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    run(path)
    if not settings.configured:
        raise ImportError(f"{path} configured no settings")
    holder, settings._wrapped = settings._wrapped, empty
    return {name: getattr(holder, name) for name in dir(holder) if name.isupper() and holder.is_overridden(name)}
