"""Reports what a project's manage.py sets up. Run as a script by the venv's Python: discover.py MANAGE REPORT_FD."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# As a script, our own folder comes first on the path: replace it by our parent, last, and put manage.py's first.
OURS = str(Path(__file__).resolve().parent.parent)
DEVELOPMENT = ("dev", "devel", "develop", "development", "local", "debug")
PRODUCTION = ("production", "prod")


def discover(manage: str) -> dict[str, Any]:
    """Runs manage.py up to its dispatcher. Keys: settings, production, before, after, environment, error."""
    from django.conf import settings

    from slipway_production import loading, managepy

    known, environment = list(sys.path), dict(os.environ)
    error = None
    try:
        with loading.limited():
            managepy.run(manage)
    except BaseException as failure:
        error = f"{type(failure).__name__}: {failure}"
    before, after = added(known, sys.path)
    name = os.environ.get("DJANGO_SETTINGS_MODULE") or ("@manage" if settings.configured else None)
    return {
        "settings": name,
        "production": [sibling for sibling in siblings(name or "") if is_module(sibling)],
        "before": before,
        "after": after,
        "environment": {
            key: value
            for key, value in os.environ.items()
            if environment.get(key) != value and key not in ("DJANGO_SETTINGS_MODULE", "DEBUG")
        },
        "error": error,
    }


def added(known: list[str], path: list[str]) -> tuple[list[str], list[str]]:
    """Entries that manage.py added, those before and those after site-packages: a project may rely on either."""
    cut = next((i for i, entry in enumerate(path) if entry.endswith("site-packages")), len(path))
    new = [(i < cut, os.path.abspath(entry)) for i, entry in enumerate(path) if entry not in known]
    return [entry for early, entry in new if early], [entry for early, entry in new if not early]


def siblings(name: str) -> list[str]:
    """The production modules that may lie beside a development one: `a.dev` → `a.production`, `a.prod`."""
    head, _, last = name.rpartition(".")
    for word in DEVELOPMENT:
        if last == word or last.endswith("_" + word):
            stem = last[: -len(word)]
            return [f"{head}.{stem}{production}" if head else stem + production for production in PRODUCTION]
    return []


def is_module(name: str) -> bool:
    """Whether a file on the path would be this module; nothing is imported."""
    inside = Path(*name.split("."))
    places = [Path(entry or ".") / inside for entry in sys.path]
    return any(place.with_suffix(".py").is_file() or (place / "__init__.py").is_file() for place in places)


if __name__ == "__main__":
    manage = os.path.abspath(sys.argv[1])
    os.chdir(os.path.dirname(manage))
    sys.path[0] = os.path.dirname(manage)
    sys.path.append(OURS)
    from slipway_production import report  # Now: manage.py may leave another path.

    report.end(int(sys.argv[2]), **discover(manage))
