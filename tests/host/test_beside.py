"""What runs beside the site after a release, a way back, a change of the rules, and a crash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from slipway_host import colours, commands, files, processes
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.rules import Rules, Timer
from slipway_host.units import State

from tests.host.beside_standins import FileUnits
from tests.host.host_standins import GIVEN, host

MAIL, BEAT, REPORT = "process@mail.service", "process@beat.service", "schedule@report.service"
RULES = Rules(
    processes={"mail": "celery -A site worker"},
    schedule={"report": Timer(command="manage.py report", calendar="daily")},
)


@pytest.fixture
def paths(root: Path) -> Paths:
    """A host on which release r1 is live in blue."""
    paths, _ = host(root)
    live(paths, "blue", "r1")
    return paths


@pytest.fixture
def units(paths: Paths) -> FileUnits:
    return FileUnits(paths.root / "beside.json")


def live(paths: Paths, colour: str, release: str, given: str = GIVEN) -> None:
    """Switches to a release, as far as files go."""
    paths.release(release).mkdir(exist_ok=True)
    files.write(paths.environment(colour), given, 0o600)
    files.point(paths.colour(colour), f"releases/{release}")
    files.point(paths.live, colour)


def running(paths: Paths) -> str:
    return str(files.target(paths.live_environment))


def test_a_process_and_a_timer_are_started_once_and_boot(paths: Paths, units: FileUnits) -> None:
    for _ in range(2):
        processes.settle(paths, units, RULES)
    assert units.calls == [f"restart {MAIL}"]
    assert units.part("boots") == {MAIL: True}
    assert "OnCalendar=daily\nPersistent=yes\n" in str(units.part("timers")["schedule@report.timer"])
    assert running(paths) == "blue.env"


def test_a_host_without_any_asks_for_nothing(paths: Paths, units: FileUnits) -> None:
    processes.settle(paths, units, Rules())
    assert (units.calls, units.path.exists(), paths.running.exists()) == ([], False, False)


@pytest.mark.parametrize("change", ["release", "variable", "command", "unit"])
def test_what_runs_older_code_is_restarted(
    paths: Paths, units: FileUnits, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.settle(paths, units, RULES)
    rules = RULES
    if change == "release":
        live(paths, "green", "r2")
    if change == "variable":
        live(paths, "green", "r1", GIVEN + 'TOKEN="another"\n')
    if change == "command":
        rules = Rules(processes={"mail": "celery -A site worker -c 2"}, schedule=RULES.schedule)
    if change == "unit":
        monkeypatch.setattr(FileUnits, "template", lambda self, kind: "second edition")
    processes.settle(paths, units, rules)
    assert units.calls == [f"restart {MAIL}"] * 2
    assert running(paths) == f"{colours.live(paths)}.env"


def test_what_is_no_longer_configured_is_stopped_and_does_not_boot(paths: Paths, units: FileUnits) -> None:
    processes.settle(paths, units, Rules(processes={**RULES.processes, "beat": "celery beat"}, schedule=RULES.schedule))
    processes.settle(paths, units, Rules(processes={"beat": "celery beat"}))
    assert units.calls == [f"restart {BEAT}", f"restart {MAIL}", f"stop {MAIL}"]
    assert (units.part("boots"), units.part("timers")) == ({BEAT: True}, {})
    assert units.known() == {BEAT}


def test_nothing_is_left_of_a_scheduled_command_that_failed_and_is_gone(paths: Paths, units: FileUnits) -> None:
    processes.settle(paths, units, RULES)
    units.put(REPORT, State(active="failed", sub="failed"))
    processes.settle(paths, units, RULES)
    assert REPORT in units.known(), "one that is wanted is to be seen"
    processes.settle(paths, units, Rules(processes=RULES.processes))
    assert units.known() == {MAIL}


def test_a_process_that_is_down_is_started(paths: Paths, units: FileUnits) -> None:
    processes.settle(paths, units, RULES)
    units.save("states", MAIL, None)
    processes.settle(paths, units, RULES)
    assert units.calls == [f"restart {MAIL}"] * 2


def test_going_back_brings_back_the_commands_that_the_older_code_knows(paths: Paths, units: FileUnits) -> None:
    processes.settle(paths, units, RULES)
    live(paths, "green", "r2")
    processes.settle(paths, units, Rules(processes={"beat": "new beat"}))
    live(paths, "blue", "r1")
    processes.settle(paths, units, None)
    assert {*units.part("boots"), *units.part("timers")} == {MAIL, "schedule@report.timer"}
    assert json.loads((paths.commands / "r1.json").read_text())["processes"] == {"mail": "celery -A site worker"}


def test_a_release_that_never_had_any_has_none_after_going_back(paths: Paths, units: FileUnits) -> None:
    live(paths, "green", "r2")
    processes.settle(paths, units, RULES)
    live(paths, "blue", "r1")
    processes.settle(paths, units, None)
    assert units.known() == set()


def test_a_process_that_does_not_keep_running_fails_with_its_last_words(
    paths: Paths, units: FileUnits, capsys: pytest.CaptureFixture[str]
) -> None:
    units.crashing = {MAIL}
    with pytest.raises(Failure) as failure:
        processes.settle(paths, units, RULES)
    assert failure.value.sentence == (
        "The process mail does not keep running: broker.Refused: no broker at [SECRET_KEY]."
    )
    assert capsys.readouterr().out == "starting\nbroker.Refused: no broker at [SECRET_KEY]\n"
    units.crashing = set()
    processes.settle(paths, units, RULES)
    assert units.calls == [f"restart {MAIL}"] * 2, "what crashes is started anew by the next run"


def test_a_process_is_watched_for_as_long_as_the_release(paths: Paths, units: FileUnits) -> None:
    begun = processes.begin(paths, units, RULES)
    state = units.states([MAIL])[MAIL]
    assert not processes.steady(state, begun, state.entered + 2.9, 3)
    assert processes.steady(state, begun, state.entered + 3, 3)


def test_a_scheduled_command_in_hand_may_end_and_is_then_cut_off(
    paths: Paths, units: FileUnits, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    processes.settle(paths, units, RULES)
    units.run(REPORT)
    processes.settle(paths, units, RULES)
    assert f"stop {REPORT}" not in units.calls, "it runs the live release"
    live(paths, "green", "r2")
    monkeypatch.setattr(processes, "FINISH", 0.3)
    processes.settle(paths, units, RULES)
    assert units.calls[-1] == f"stop {REPORT}"
    assert capsys.readouterr().out == "processes: cut off after 0.3 s, for they ran older code: report\n"


def test_a_run_that_began_with_the_new_code_is_left_alone(
    paths: Paths, units: FileUnits, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.settle(paths, units, RULES)
    units.run(REPORT, "1")
    live(paths, "green", "r2")
    begun = processes.begin(paths, units, RULES)
    units.run(REPORT, "2")
    monkeypatch.setattr(processes, "FINISH", 0)
    assert processes.outcome(paths, units, begun, 0) is None
    assert f"stop {REPORT}" not in units.calls
    assert processes.begin(paths, units, RULES).unfinished == {}


def test_a_run_of_older_code_is_found_again_where_we_were_cut_off(paths: Paths, units: FileUnits) -> None:
    processes.settle(paths, units, RULES)
    units.run(REPORT)
    live(paths, "green", "r2")
    for _ in range(2):
        assert processes.begin(paths, units, RULES).unfinished == {REPORT: "1"}


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (
            Rules(processes={"mail": "celery -A site worker"}),
            "processes.mail is 'celery -A site worker', and the release has no program celery: add its package to the "
            "requirements.",
        ),
        (
            Rules(schedule={"report": Timer(command="python manage.py report", calendar="25:00")}),
            "schedule.report has the calendar '25:00', which systemd does not understand: write it like daily, or "
            "Mon..Fri 06:30.",
        ),
    ],
)
def test_what_cannot_run_is_refused_beforehand(paths: Paths, rules: Rules, sentence: str) -> None:
    with pytest.raises(Failure) as failure:
        commands.require(paths, "r1", rules)
    assert failure.value.sentence == sentence


def test_programs_of_the_release_and_of_the_system_are_found(paths: Paths) -> None:
    program = paths.release("r1") / "venv/bin/celery"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    commands.require(
        paths, "r1", Rules(processes={"a": "celery x", "b": "sh -c x", "c": "./manage.py x", "d": "bin/y"})
    )


def test_commands_of_releases_that_are_gone_are_forgotten(paths: Paths, units: FileUnits) -> None:
    processes.settle(paths, units, RULES)
    files.write(paths.commands / "r0.json", "{}")
    commands.forget(paths)
    assert [path.name for path in paths.commands.iterdir()] == ["r1.json"]
