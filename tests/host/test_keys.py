"""A SECRET_KEY that changes: nobody who is logged in meets a colour that does not know their key."""

from __future__ import annotations

from pathlib import Path

import pytest
from slipway_host import activate, activations, colours, history, rollback, rotation
from slipway_host.environment import render
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.watching.watch import Watch

from tests.host import host_standins
from tests.host.host_standins import FileServices


def given(generation: int, **more: str) -> str:
    """The environment file of a generation, as the program writes it."""
    keys = {"SECRET_KEY": f"key-{generation}", "SLIPWAY_SECRET_KEY_GENERATION": str(generation)}
    before = {"SECRET_KEY_FALLBACKS": f"key-{generation - 1}"} if generation > 1 else {}
    return render({**keys, **before, "SLIPWAY_DOMAIN": "www.example.org", **more})


def put_live(paths: Paths, services: FileServices, release: str, generation: int) -> None:
    activate.activate(paths, services, release, "d1", given(generation))


def accepted(paths: Paths) -> list[list[str]]:
    """The keys of every colour that was started, one after the other: first the one that signs."""
    entries = [entry for entry in history.read(paths) if entry.served]
    return [rotation.keys(activations.environment(paths, entry.number)) for entry in entries]


@pytest.fixture
def site(root: Path) -> tuple[Paths, FileServices]:
    """A host that serves release r1 with the first key."""
    paths, services = host_standins.host(root)
    for name in ("r1", "r2"):
        host_standins.prepared(paths, name)
    put_live(paths, services, "r1", 1)
    return paths, services


def test_a_key_is_accepted_by_what_serves_before_anything_signs_with_it(site: tuple[Paths, FileServices]) -> None:
    paths, services = site
    put_live(paths, services, "r1", 2)
    assert accepted(paths) == [["key-1"], ["key-1", "key-2"], ["key-2", "key-1"]]
    put_live(paths, services, "r1", 3)
    assert accepted(paths)[3:] == [["key-2", "key-3", "key-1"], ["key-3", "key-2"]]
    for before, after in zip(accepted(paths), accepted(paths)[1:], strict=False):
        assert after[0] in before and before[0] in after, "either colour accepts what the other one signs"


def test_the_code_that_learns_the_key_is_the_code_that_serves(site: tuple[Paths, FileServices]) -> None:
    paths, services = site
    put_live(paths, services, "r2", 2)
    log = [(entry.release, entry.kind) for entry in history.read(paths)]
    assert log == [("r1", "release"), ("r1", "rotation"), ("r2", "release")]


def test_a_key_that_cannot_be_introduced_is_not_used(
    site: tuple[Paths, FileServices], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, services = site
    monkeypatch.setattr(Watch, "trouble", lambda self: "it answered 500")
    with pytest.raises(Failure, match=r"^Release r1 was taken back, since it answered 500\."):
        put_live(paths, services, "r1", 2)
    assert rotation.keys(rotation.serving(paths)) == ["key-1"]


def test_without_another_key_there_is_one_start(site: tuple[Paths, FileServices]) -> None:
    paths, services = site
    put_live(paths, services, "r2", 1)
    assert services.calls == ["start blue", "start green"]


def test_a_jump_of_two_is_refused_while_everything_is_as_it_was(site: tuple[Paths, FileServices]) -> None:
    paths, services = site
    with pytest.raises(Failure) as failure:
        put_live(paths, services, "r1", 3)
    assert failure.value.sentence == (
        "Everybody would be logged out: what serves is of generation 1, and its secret is not among those that this "
        "update brings. Set slipway:secretKeyGeneration to 1, or to 2 to rotate: it can rise by one at a time."
    )
    assert services.calls == ["start blue"] and accepted(paths) == [["key-1"]]


def test_a_step_back_is_refused_too(site: tuple[Paths, FileServices]) -> None:
    paths, services = site
    put_live(paths, services, "r1", 2)
    with pytest.raises(Failure, match=r"Set slipway:secretKeyGeneration to 2, or to 3 to rotate"):
        put_live(paths, services, "r1", 1)


def test_a_release_that_fails_in_the_middle_of_a_rotation_leaves_the_old_key_in_use(
    site: tuple[Paths, FileServices],
) -> None:
    paths, services = site
    host_standins.prepared(paths, "r3", '{"failed": "check", "error": "E: broken"}')
    with pytest.raises(Failure, match=r"Release r1 is still serving\.$"):
        put_live(paths, services, "r3", 2)
    assert rotation.keys(rotation.serving(paths)) == ["key-1", "key-2"]
    put_live(paths, services, "r1", 2)
    assert rotation.keys(rotation.serving(paths)) == ["key-2", "key-1"]


def test_a_rotation_that_is_given_up_goes_back_to_the_one_key(site: tuple[Paths, FileServices]) -> None:
    paths, services = site
    services.refuse = "Error: slipway: GET / answered 500\n"
    with pytest.raises(Failure):
        put_live(paths, services, "r2", 2)
    services.refuse = ""
    put_live(paths, services, "r1", 1)
    assert rotation.keys(rotation.serving(paths)) == ["key-1"]


def test_going_back_keeps_the_keys_and_their_generation(site: tuple[Paths, FileServices]) -> None:
    paths, services = site
    put_live(paths, services, "r2", 2)
    rollback.rollback(paths, services, None, by=None, reason=None)
    assert colours.wears(paths, colours.live(paths)).release == "r1"
    live = rotation.serving(paths)
    assert rotation.keys(live) == ["key-2", "key-1"]
    assert rotation.generations(live) == {"secretKey": 2, "databasePassword": 1}
