"""What runs beside the site, when releases come and go."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from slipway_host import activations, colours, files, history, retreat
from slipway_host.activate import activate
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.rollback import rollback

from tests.host.host_standins import GIVEN, FileServices, host, prepared

MAIL, BEAT = "process@mail.service", "process@beat.service"


@pytest.fixture
def paths(root: Path) -> Paths:
    """A host on which r1 serves with the process mail, and on which r2 and r3 are prepared."""
    paths, services = host(root)
    for name in ("r1", "r2", "r3"):
        prepared(paths, name)
    rule(paths, mail="sleep 1")
    activate(paths, services, "r1", "d1", GIVEN)
    return paths


def rule(paths: Paths, **processes: str) -> None:
    paths.rules.write_text(json.dumps({"watch_seconds": 0.2, "processes": processes}))


def services(paths: Paths) -> FileServices:
    return FileServices(paths.root / "units")


def running(paths: Paths) -> set[str]:
    """What is at work beside the site; all of it has the live colour's variables."""
    assert files.target(paths.live_environment) == f"{colours.live(paths)}.env"
    units = services(paths).beside
    return {unit for unit, state in units.states(units.known()).items() if state.at_work}


def test_a_process_that_does_not_keep_running_takes_the_release_back(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    rule(paths, mail="sleep 1", beat="sleep 2")
    crashing = services(paths)
    crashing.crashing = {BEAT}
    with pytest.raises(Failure) as failure:
        activate(paths, crashing, "r2", "d1", GIVEN)
    why = "the process beat does not keep running: broker.Refused: no broker at [SECRET_KEY]"
    assert failure.value.sentence == f"Release r2 was taken back, since {why}. Release r1 is serving again."
    assert "starting\nbroker.Refused" in capsys.readouterr().out
    assert (history.read(paths)[-1].kind, history.read(paths)[-1].reason) == ("taken back", why)
    assert running(paths) == {MAIL}, "with the commands that r1 had"
    with pytest.raises(Failure, match=r"^Release r2 is held since "):
        activate(paths, services(paths), "r2", "d1", GIVEN)


def test_a_rollback_takes_its_processes_along_and_the_next_release_the_rules(paths: Paths) -> None:
    rule(paths, beat="sleep 2")
    activate(paths, services(paths), "r2", "d1", GIVEN)
    assert running(paths) == {BEAT}
    rollback(paths, services(paths), None, by=None, reason=None)
    assert running(paths) == {MAIL}
    activate(paths, services(paths), "r3", "d1", GIVEN)
    assert running(paths) == {BEAT}


def test_a_rotation_that_was_cut_off_keeps_the_commands_of_its_release(paths: Paths) -> None:
    rule(paths, beat="sleep 2")
    [released] = history.read(paths)
    activations.begin(paths, activations.Underway(entry=replace(released, kind=history.ROTATION)))
    retreat.mend(paths, services(paths))
    assert running(paths) == {MAIL}, "the rules are those of the release that was to follow"


def test_other_rules_alone_start_and_stop_without_a_switch(paths: Paths) -> None:
    rule(paths, beat="sleep 2")
    same = services(paths)
    activate(paths, same, "r1", "d1", GIVEN)
    assert (running(paths), same.calls) == ({BEAT}, [])
    same.crashing = {MAIL}
    rule(paths, mail="sleep 3")
    with pytest.raises(Failure, match=r"^The process mail does not keep running: .* What ran before runs again\.$"):
        activate(paths, same, "r1", "d1", GIVEN)
    assert running(paths) == {BEAT}, "with these rules again the program has nothing to do on the host"


def test_a_configuration_that_is_taken_back_takes_its_commands_along(paths: Paths) -> None:
    rule(paths, mail="sleep 1", beat="sleep 2")
    crashing = services(paths)
    crashing.crashing = {BEAT}
    with pytest.raises(Failure, match=r"^Release r1 was taken back, since the process beat ") as failure:
        activate(paths, crashing, "r1", "d1", f"{GIVEN}GREETING=hello\n")
    assert failure.value.sentence.endswith("The configuration before is serving again.")
    assert services(paths).beside.known() == {MAIL}, "the code is the same, its commands are not"


def test_a_command_that_is_not_there_is_refused_before_anything_happens(paths: Paths) -> None:
    rule(paths, mail="nosuch worker")
    with pytest.raises(Failure, match=r"^processes\.mail is 'nosuch worker', and the release has no program nosuch: "):
        activate(paths, services(paths), "r2", "d1", GIVEN)
    assert (running(paths), len(history.read(paths))) == ({MAIL}, 1)


def test_a_release_that_is_refused_leaves_its_processes_unstarted(paths: Paths) -> None:
    rule(paths, beat="sleep 2")
    refusing = services(paths)
    refusing.refuse = "Error: slipway: GET / answered 500"
    with pytest.raises(Failure, match="Release r1 is still serving"):
        activate(paths, refusing, "r2", "d1", GIVEN)
    assert running(paths) == {MAIL}
    assert not (paths.commands / "r2.json").exists()
