"""The program, run once as preview and once as update, for all tests to look at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

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


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archives go to a folder of this run, not to the user's cache."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    # For one test at a time: other folders' tests need the user's caches.
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


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
def update(values: dict[str, Any], cache: Path) -> Recording:
    """What the program asks for in `pulumi up`, every output known."""
    with patch.dict(os.environ, XDG_CACHE_HOME=str(cache)):
        return run_program(values)


@pytest.fixture(scope="session", params=[True, False], ids=["preview", "update"])
def stack(request: pytest.FixtureRequest, values: dict[str, Any], update: Recording, cache: Path) -> Recording:
    """What the program asks for, in a preview of a stack that does not exist yet, and in its update."""
    with patch.dict(os.environ, XDG_CACHE_HOME=str(cache)):
        return run_program(values, preview=True) if request.param else update
