"""Hands the site over from one colour to the other; until the new one answers, the live one is not touched."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slipway_host import (
    activations,
    colours,
    commands,
    explain,
    files,
    held,
    history,
    migration_texts,
    processes,
    retreat,
    static,
)
from slipway_host.activations import Underway
from slipway_host.colours import Dress
from slipway_host.errors import Failure, tail
from slipway_host.held import Held
from slipway_host.history import Entry
from slipway_host.paths import Paths
from slipway_host.redact import Redactor
from slipway_host.rules import Rules
from slipway_host.services import Services
from slipway_host.watching.watch import Watch

Migrations = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What shall go live: a release with variables. `steps` run before it starts and note what they migrated."""

    release: str
    variables: Mapping[str, str]
    kind: str = history.RELEASE
    by: str | None = None
    reason: str | None = None
    holds: Held | None = None
    rules: Rules | None = None  # say what runs beside it; None for what ran beside it before
    steps: Callable[[Callable[[Migrations], None]], Sequence[str]] = lambda note: ()  # returns advice

    @property
    def verb(self) -> str:
        return "rollback" if self.kind == history.ROLLBACK else "activate"


def hand_over(paths: Paths, services: Services, change: Change, watch: Watch) -> str | None:
    """Makes the change live on the idle colour. Refused (Failure), all is as it was.

    Where it does not do well, what was live is so again, if it can be; then the sentence about that is returned.
    """
    old = colours.live(paths)
    attempt = Attempt(paths, services, change, old)
    with watch:
        if old and services.active(old):
            watch.begin()
            attempt.way_back = change.kind != history.ROLLBACK
        attempt.bring_up(watch)
        attempt.go_live()
        watch.switched()
        retreat.retire(services, old, wait=False)
        static.replace(paths)
        begun = processes.begin(paths, services.beside, change.rules)
        trouble = watch.trouble()
    if watch.said():
        print(f"{change.verb}: {watch.said()}")
    attempt.note(measured=watch.measured())
    trouble = trouble or processes.outcome(paths, services.beside, begun, watch.seconds)
    if trouble:
        return attempt.take_back(old, trouble)
    activations.end(paths, attempt.entry)
    return None


class Attempt:
    """One activation on its way: what the log will say of it is on the disk before anything relies on it."""

    def __init__(self, paths: Paths, services: Services, change: Change, old: str | None) -> None:
        self.paths, self.services, self.change = paths, services, change
        self.old, self.colour = old, colours.other(old)
        self.undressed = colours.wears(paths, self.colour)
        self.beside = commands.kept(paths, change.release)
        self.started = time.monotonic()
        self.way_back = False
        self.entry = Entry(
            number=activations.next_number(paths),
            release=change.release,
            colour=self.colour,
            configuration=activations.configuration(paths, change.variables),
            before=colours.wears(paths, old).release,
            activated_at=history.now(),
            kind=change.kind,
            reason=change.reason,
            by=change.by,
        )
        services.stop(self.colour)  # It may run still where an activation was cut off.
        self.note()

    def note(self, **known: Any) -> None:
        """Keeps what has become known."""
        self.entry = replace(self.entry, **known)
        activations.begin(self.paths, Underway(entry=self.entry, holds=self.change.holds, beside=self.beside))

    def bring_up(self, watch: Watch) -> None:
        """Dresses the idle colour, runs the steps and starts it."""
        try:
            activations.keep(self.paths, self.entry.number, self.change.variables)
            wanted = Dress(release=self.change.release, activation=self.entry.number)
            colours.dress(self.paths, self.colour, wanted)
            advice = self.change.steps(lambda migrations: self.note(migrations=tuple(migrations)))
            self.note(advice=tuple(advice))
            os.sync()  # Static files too are on the disk before what serves leads to them.
            if self.way_back:
                watch.baseline()
            self.start()
        except BaseException as error:
            self.refuse(error)
            raise

    def start(self) -> None:
        """gunicorn is ready only after the health page has answered, and must stay so."""
        result = self.services.start(self.colour)
        if result.ok and self.services.steady(self.colour):
            return
        written = Redactor(self.change.variables)(result.output or self.services.journal(self.colour))
        unsafe = migration_texts.broken(self.entry.migrations) if self.entry.before else ""
        raise Failure(explain.start(written, self.entry.before) + unsafe, tail(written, 30))

    def refuse(self, error: BaseException) -> None:
        """Leaves the idle colour as it was, and the reason in the log as far as the disk still takes it."""
        retreat.retire(self.services, self.colour)
        reason = error.sentence if isinstance(error, Failure) else f"{type(error).__name__}: {error}".rstrip(": ")
        known: dict[str, Any] = {"kind": history.REFUSED, "reason": reason}
        known |= {"activated_at": history.now(), "seconds": self.seconds()}
        with contextlib.suppress(OSError):
            if self.old:
                self.services.boot(self.old, True)
            files.remove(self.paths.staging)
            colours.dress(self.paths, self.colour, self.undressed)
            files.remove(self.paths.activation(self.entry.number))
            activations.end(self.paths, replace(self.entry, **known))

    def go_live(self) -> None:
        """From here on this colour is the one that serves, boots, and is gone back to."""
        try:
            self.services.boot(self.colour, True)
            self.note(seconds=self.seconds(), activated_at=history.now())
            files.point(self.paths.live, self.colour)
        except BaseException as error:
            if colours.live(self.paths) != self.colour:
                self.refuse(error)
            raise
        print(f"{self.change.verb}: release {self.entry.release} is live ({self.colour}) after {self.seconds():.1f} s")
        if self.change.holds:
            held.hold(self.paths, self.change.holds)

    def take_back(self, old: str | None, trouble: str) -> str:
        """The sentence about it: the release before serves again, or there is a reason why it does not."""
        why = self.stays()
        if why is None and old is not None:
            self.note(kind=history.TAKEN_BACK, reason=trouble)
            why = retreat.go_back(self.paths, self.services, self.entry)
            if why is None:
                same = self.entry.before == self.entry.release
                again = "The configuration before" if same else f"Release {self.entry.before}"
                return f"Release {self.entry.release} was taken back, since {trouble}. {again} is serving again."
        self.note(kind=self.change.kind, reason=trouble)
        activations.end(self.paths, self.entry)
        return f"Release {self.entry.release} is live, but {trouble}. It was not taken back, since {why}."

    def stays(self) -> str | None:
        """Why there is no way back by itself, None where there is."""
        if not self.way_back:
            return "it was gone back to" if self.change.kind == history.ROLLBACK else "no other release was serving"
        unsafe = [each for each in self.entry.migrations if not each.get("safe_back", True)]
        if unsafe:
            return (
                f"its migration {unsafe[0]['name']} makes the code before unsafe ({unsafe[0].get('why')}): release a "
                "correction, or go back all the same with `slipway rollback --force`"
            )
        return None

    def seconds(self) -> float:
        return round(time.monotonic() - self.started, 2)
