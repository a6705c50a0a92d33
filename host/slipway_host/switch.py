"""Hands the site over from one colour to the other; until the new one answers, the live one is not touched."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slipway_host import activations, colours, explain, files, held, history
from slipway_host.activations import Underway
from slipway_host.colours import Dress
from slipway_host.errors import Failure, tail
from slipway_host.held import Held
from slipway_host.history import Entry
from slipway_host.paths import Paths
from slipway_host.redact import Redactor
from slipway_host.services import Services


@dataclass(frozen=True, kw_only=True)
class Change:
    """What shall go live: a release with variables. `steps` are run before it starts and return what they migrated."""

    release: str
    variables: Mapping[str, str]
    kind: str = history.RELEASE
    by: str | None = None
    reason: str | None = None
    holds: Held | None = None
    steps: Callable[[], Sequence[Mapping[str, Any]]] = tuple


def hand_over(paths: Paths, services: Services, change: Change) -> Entry:
    """Makes the change live on the idle colour, and returns what the log says of it. Refused, all is as it was."""
    started = time.monotonic()
    old = colours.live(paths)
    new = colours.other(old)
    entry = Entry(
        number=activations.next_number(paths),
        release=change.release,
        colour=new,
        configuration=activations.configuration(paths, change.variables),
        before=colours.wears(paths, old).release,
        activated_at=history.now(),
        kind=change.kind,
        reason=change.reason,
        by=change.by,
    )
    undressed = colours.wears(paths, new)
    services.stop(new)  # It may run still where an activation was cut off.
    activations.begin(paths, Underway(entry=entry, holds=change.holds))
    try:
        activations.keep(paths, entry.number, change.variables)
        colours.dress(paths, new, Dress(release=change.release, activation=entry.number))
        entry = replace(entry, migrations=tuple(change.steps()))
        activations.begin(paths, Underway(entry=entry, holds=change.holds))
        start(services, new, change.variables, entry.before)
    except BaseException as error:
        refuse(paths, services, replace(entry, seconds=since(started)), undressed, error)
        raise
    services.boot(new, True)
    files.point(paths.live, new)
    entry = replace(entry, activated_at=history.now(), seconds=since(started))
    retire(services, old)
    if change.holds:
        held.hold(paths, change.holds)
    activations.end(paths, entry)
    return entry


def start(services: Services, colour: str, variables: Mapping[str, str], serving: str | None) -> None:
    """Starts a colour; gunicorn is ready only after the health page has answered."""
    result = services.start(colour)
    if not result.ok:
        written = Redactor(variables)(result.output)
        raise Failure(explain.start(written, serving), tail(written, 30))


def refuse(paths: Paths, services: Services, entry: Entry, undressed: Dress, error: BaseException) -> None:
    """Leaves the idle colour as it was, and the reason in the log as far as the disk still takes it."""
    services.stop(entry.colour or "")
    reason = error.sentence if isinstance(error, Failure) else f"{type(error).__name__}: {error}".rstrip(": ")
    with contextlib.suppress(OSError):
        colours.dress(paths, entry.colour or "", undressed)
        files.remove(paths.activation(entry.number))
        activations.end(paths, replace(entry, kind=history.REFUSED, reason=reason, activated_at=history.now()))


def retire(services: Services, colour: str | None) -> None:
    """Stops a colour that no longer serves, once its requests are answered."""
    if colour:
        services.boot(colour, False)
        services.stop(colour)


def mend(paths: Paths) -> None:
    """Writes down what became of an activation that was cut off: what the live link says is what happened."""
    cut = activations.underway(paths)
    if cut is None:
        return
    if activations.live(paths) == cut.entry.number:
        if cut.holds:
            held.hold(paths, cut.holds)
        activations.end(paths, cut.entry)
    else:
        activations.end(paths, replace(cut.entry, kind=history.REFUSED, reason="It was cut off before it was live."))


def settle(paths: Paths, services: Services) -> None:
    """One colour serves and boots, the other does neither: also after a run that was cut off."""
    live = colours.live(paths)
    if live:
        services.boot(live, True)
        retire(services, colours.other(live))


def since(moment: float) -> float:
    return round(time.monotonic() - moment, 2)
