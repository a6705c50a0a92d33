"""The stacks as their files describe them, run once under mocks for all tests to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.resource import Resource
from tests.policies.stacks import STACKS, resources


@pytest.fixture(scope="session", params=STACKS)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Resource]:
    """Every resource that the program asks for in `pulumi up` of a stack, its outputs known."""
    return recorded(request.param, tmp_path_factory.getbasetemp())


def recorded(stack: str, cache: Path) -> list[Resource]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache / "cache"))
        return resources(stack)
