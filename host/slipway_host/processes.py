"""What runs beside the site follows the live release: long-running processes, and commands that run by the clock."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from slipway_host import colours, commands, files, marks
from slipway_host.environment import parse
from slipway_host.errors import Failure, tail
from slipway_host.paths import Paths
from slipway_host.redact import Redactor
from slipway_host.rules import Rules
from slipway_host.units import State, Units

# Longer than COMMAND_STOP of the program, after which systemd ends by force what was asked to.
PATIENCE = 330
# So long a scheduled command that began under the release before may go on.
FINISH = 30
STEP = 0.1


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What is on its way. `moment` is in seconds of the monotonic clock, `since` in seconds since 1970."""

    moment: float
    since: float
    started: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()  # no longer wanted
    unfinished: Mapping[str, str] = field(default_factory=dict)  # scheduled command → its run under older code
    meant: Mapping[str, str] = field(default_factory=dict)  # marks

    @property
    def leaving(self) -> frozenset[str]:
        """The processes that were told to end."""
        return self.gone - scheduled(self.gone)


def settle(paths: Paths, units: Units, rules: Rules | None, seconds: float = 0) -> None:
    """Has everything beside the site run the live release, and waits for it: `begin`, then `outcome`.

    Where what is new does not keep running, what ran before runs again: with the rules of then nothing would be done.
    """
    release = colours.wears(paths, colours.live(paths)).release
    before = commands.kept(paths, release)
    trouble = outcome(paths, units, begin(paths, units, rules), seconds)
    if not trouble:
        return
    sentence = trouble[0].upper() + trouble[1:] + "."
    if release and before and before != commands.kept(paths, release):
        commands.keep(paths, release, before)
        outcome(paths, units, begin(paths, units, None), 0)
        sentence += " What ran before runs again."
    raise Failure(sentence)


def begin(paths: Paths, units: Units, rules: Rules | None) -> Begun:
    """Restarts what runs older code, starts what is new, stops what is no longer wanted, and does not wait for it.

    Without `rules` the release has what it ran with when it was last live: after going back to it.
    """
    begun = Begun(moment=time.monotonic(), since=time.time())
    live = colours.live(paths)
    release = colours.wears(paths, live).release if live else None
    if live is None or release is None:
        return begun
    if files.target(paths.live_environment) != f"{live}.env":
        files.point(paths.live_environment, f"{live}.env")
    wanted = commands.of_release(paths, release, rules)
    meant = marks.meant(paths, units, release, wanted)
    commands.forget(paths)
    known = units.known()
    if not meant and not known:
        return begun
    noted = marks.read(paths)
    states = units.states(known | meant.keys())
    at_work = {unit for unit, state in states.items() if state.at_work}
    gone = {unit for unit in known - meant.keys() if unit.endswith(".service")}
    stale = {unit for unit, mark in meant.items() if noted.get(unit) != mark}
    unfinished = {unit: states[unit].invocation for unit in scheduled(gone | stale) & at_work}
    started = {unit for unit in meant.keys() - scheduled(meant) if unit in stale or unit not in at_work}

    units.boot(gone - scheduled(gone), False)
    units.stop(gone - unfinished.keys())
    timers = {timer(name): timer_file(name, each.calendar) for name, each in wanted.schedule.items()}
    units.timers({**{unit: None for unit in known - timers.keys() if unit.endswith(".timer")}, **timers})
    units.boot(started, True)
    units.restart(started)
    # systemd has been told: whatever happens to us, these run the live release from now on.
    marks.write(paths, {unit: mark for unit, mark in meant.items() if unit not in unfinished})
    return Begun(
        moment=begun.moment,
        since=begun.since,
        started=frozenset(started),
        gone=frozenset(gone),
        unfinished=unfinished,
        meant=meant,
    )


def outcome(paths: Paths, units: Units, begun: Begun, seconds: float) -> str | None:
    """Waits until what was to end has ended and what was started has run for `seconds`; a sentence's end if one does
    not."""
    told = False
    while True:
        states = units.states(begun.started | begun.leaving | begun.unfinished.keys())
        now = time.monotonic()
        for unit in sorted(begun.started):
            if crashed(states[unit], begun):
                return last_words(paths, units, unit, states[unit], begun)
        unfinished = {unit for unit, run in begun.unfinished.items() if same_run(states[unit], run)}
        waiting = unfinished | {unit for unit in begun.leaving if states[unit].at_work}
        waiting |= {unit for unit in begun.started if not steady(states[unit], begun, now, seconds)}
        if not waiting:
            units.forget(begun.gone)
            marks.write(paths, begun.meant)
            return None
        if unfinished and not told and now > begun.moment + FINISH:
            told = True
            units.stop(unfinished)
            print(f"processes: cut off after {FINISH} s, for they ran older code: {names(unfinished)}")
        if now > begun.moment + PATIENCE:
            return f"these processes did not end or start within {PATIENCE} s: {names(waiting)}"
        time.sleep(STEP)


def crashed(state: State, begun: Begun) -> bool:
    """Whether a process that was started ended by itself since."""
    again = state.restarts > 0 and state.entered > begun.moment
    return state.changed > begun.moment and (state.sub == "auto-restart" or again)


def steady(state: State, begun: Begun, now: float, seconds: float) -> bool:
    return state.active == "active" and state.entered > begun.moment and now - state.entered >= seconds


def same_run(state: State, invocation: str) -> bool:
    return state.at_work and state.invocation == invocation


def last_words(paths: Paths, units: Units, unit: str, state: State, begun: Begun) -> str:
    """Why a process does not keep running, in its own words."""
    redact = Redactor(parse(files.read(paths.live_environment) or ""))
    written = tail(
        redact(units.journal(unit, begun.since, state.invocation if state.sub == "auto-restart" else "")), 30
    )
    last = written.splitlines()[-1].strip().rstrip(".") if written else "it ends by itself and wrote nothing"
    print(written)
    return f"the process {names([unit])} does not keep running: {last}"


def scheduled(units: Iterable[str]) -> set[str]:
    return {unit for unit in units if unit.startswith("schedule@")}


def names(units: Iterable[str]) -> str:
    """As the configuration has them."""
    return ", ".join(sorted(unit.partition("@")[2].rpartition(".")[0] for unit in units))


def timer(name: str) -> str:
    return f"schedule@{name}.timer"


def timer_file(name: str, calendar: str) -> str:
    """Persistent: a run that fell into a time when the host was down is made up for."""
    return (
        f"[Unit]\nDescription=When the app's command {name} runs\n\n"
        f"[Timer]\nOnCalendar={calendar.replace('%', '%%')}\nPersistent=yes\nAccuracySec=1s\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
