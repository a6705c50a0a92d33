"""Finds a project's settings by letting its own manage.py say them."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway_host import explain, hanging, scratch
from slipway_host.errors import Failure, tail
from slipway_host.paths import Paths
from slipway_host.run import run


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a release starts with. `candidates`: settings modules, the preferred first, the sure one last."""

    candidates: tuple[str, ...]
    # Entries of sys.path that go before site-packages, and those that go after.
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    # Variables that manage.py sets; those that are configured win over them.
    environment: tuple[tuple[str, str], ...] = ()


def discover(paths: Paths, python: Path, manage: Path, named: str) -> Found:
    """Runs manage.py with its dispatcher stubbed. `named` is djangoSettings, "" where the project shall say."""
    script = paths.library / "slipway_production/discover.py"
    # Not among what it prints: a variable that it sets may be secret, or longer than a line of output may be.
    with tempfile.TemporaryFile() as file, scratch.home(paths.user) as home:
        result = run(
            [python, script, manage, str(file.fileno())],
            environment={"HOME": str(home)},
            user=paths.user,
            folder=manage.parent,
            pass_fds=(file.fileno(),),
        )
        file.seek(0)
        text = file.read()
    if not text:
        said = hanging.sentence(result.output) or "it ended by itself"
        raise Failure(explain.manage(said), tail(result.output))
    return decide(json.loads(text), named)


def decide(seen: dict[str, Any], named: str) -> Found:
    """What to use of what manage.py did."""
    if named:
        candidates = [named]
    elif seen["settings"]:
        candidates = [*seen["production"], seen["settings"]]
    else:
        raise Failure(explain.manage(seen["error"] or "it sets no DJANGO_SETTINGS_MODULE"))
    return Found(
        candidates=tuple(candidates),
        before=tuple(seen["before"]),
        after=tuple(seen["after"]),
        environment=tuple(sorted(seen["environment"].items())),
    )
