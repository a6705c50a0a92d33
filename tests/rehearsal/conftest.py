"""One rehearsal, made from nothing, for all tests of this folder that only look at it or change one thing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.rig import Rig, checkout, traces


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.machines)


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(checkout(tmp_path_factory.mktemp("checkout")))
    rig.up()
    home = rig.home
    yield rig
    run = rig.rehearse("destroy")
    if run.code:
        rig.rehearse("destroy", "--discard")
    assert run.code == 0, run.text
    assert traces(home.prefix, home.path) == []
