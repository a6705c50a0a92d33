"""The program, run once as preview and once as update, for all tests to look at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.recording import Recording
from tests.unit.running import run_program

VALUES: dict[str, Any] = {
    "domain": "www.example.org",
    "hostedZone": "example.org",
    "adminCidrs": ["198.51.100.7/32", "203.0.113.0/24"],
    "appEnv": {"GREETING": "hello"},
    "appSecrets": {"TOKEN": "TOKEN-OF-THE-APP"},
}


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Archives go to a folder of this run, not to the user's cache."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    os.environ.pop("XDG_CACHE_HOME")
    if before is not None:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Django project, as far as the program looks into it."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "manage.py").write_text("#!/usr/bin/env python\n")
    return folder


@pytest.fixture(scope="session")
def values(project: Path) -> dict[str, Any]:
    """A configuration that works."""
    return {**VALUES, "appSource": str(project)}


@pytest.fixture(scope="session")
def update(values: dict[str, Any]) -> Recording:
    """What the program asks for in `pulumi up`, every output known."""
    return run_program(values)


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "update"])
def stack(request: pytest.FixtureRequest, values: dict[str, Any], update: Recording) -> Recording:
    """What the program asks for, in a preview of a stack that does not exist yet, and in its update."""
    return run_program(values, preview=True) if request.param else update
