"""Chooses the settings module of a release, by trying them under the environment that it will have."""

from __future__ import annotations

from collections.abc import Sequence

from slipway_host import missing
from slipway_host.project import Project

MOST_VARIABLES = 30
PLACEHOLDER = "1"  # Also a number and a truth value, for settings that convert what they read.


def choose(project: Project, candidates: Sequence[str]) -> str:
    """The first candidate that loads; the last one, which the project itself names, is not tried."""
    for module in candidates[:-1]:
        error = project.settings_error(module)
        if error is None:
            print(f"activate: settings {module}, which lie beside {candidates[-1]} (djangoSettings can name others)")
            return module
        print(f"activate: settings {module} do not load ({error}); {candidates[-1]} instead")
    return candidates[-1]


def missing_variables(project: Project, module: str, error: str) -> list[str]:
    """All the variables that these settings want, found by giving them one after the other a placeholder."""
    names: dict[str, str] = {}
    while len(names) < MOST_VARIABLES:
        name = missing.variable(error)
        if name is None or name in names or name in project.given:
            break
        names[name] = PLACEHOLDER
        next_error = project.settings_error(module, names)
        if next_error is None:
            break
        error = next_error
    return list(names)
