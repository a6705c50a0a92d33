"""An SSH server, and each command plugin there is, for the tests that hold for all of them."""

from collections.abc import Iterator

import pytest

from rehearsal.providers import official
from rehearsal.providers.assembly import VERSIONS, command_stand_in
from tests.standins import provider_calls, sshd
from tests.standins.provider_calls import Provider
from tests.standins.sshd import Sshd


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd.serving(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture(scope="session")
def stand_in() -> Iterator[Provider]:
    with provider_calls.serving(command_stand_in()) as provider:
        yield provider


@pytest.fixture(scope="session")
def official_plugin() -> Iterator[Provider]:
    path = official.find(VERSIONS["command"])
    assert path
    with official.running(path) as process, provider_calls.attached(process.port) as provider:
        yield provider


# Whether it is installed is told once, by test_official.py.
PLUGINS = ["stand_in", "official_plugin"] if official.find(VERSIONS["command"]) else ["stand_in"]


@pytest.fixture(params=PLUGINS)
def plugin(request: pytest.FixtureRequest) -> Provider:
    """The plugin under test, and nothing heard from it yet."""
    provider: Provider = request.getfixturevalue(request.param)
    provider.engine.heard.clear()
    return provider
