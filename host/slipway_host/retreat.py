"""The way back from a release that does not do well, and the end of whatever was cut off. Each safe to repeat."""

from __future__ import annotations

from dataclasses import replace

from slipway_host import activations, colours, commands, files, held, history, processes, project, rules, static
from slipway_host.held import Held
from slipway_host.history import Entry
from slipway_host.paths import Paths
from slipway_host.rules import Rules
from slipway_host.services import Services


def go_back(paths: Paths, services: Services, entry: Entry) -> str | None:
    """Makes the colour live again that was so before `entry`, holds the release; why not, where that fails."""
    bad = entry.colour or ""
    good = colours.other(bad)
    result = services.start(good)
    if not result.ok:
        return "the release before does not start any more"
    services.boot(good, True)
    files.point(paths.live, good)
    retire(services, bad)
    taken_back(paths, services, entry)
    return None


def taken_back(paths: Paths, services: Services, entry: Entry) -> None:
    """Holds what was taken back: the release, or where that was live before too, this configuration of it.

    What runs beside it is what ran before, of the same code too.
    """
    cut = activations.underway(paths)
    if cut and cut.beside:
        commands.keep(paths, entry.release, cut.beside)
    follow(paths, services, None)
    same = entry.release == entry.before
    held.hold(
        paths,
        Held(
            release=entry.release,
            configuration=entry.configuration if same else None,
            reason=entry.reason or "",
            by=None,
            at=history.now(),
        ),
    )
    activations.end(paths, entry)


def mend(paths: Paths, services: Services) -> None:
    """Ends an activation that was cut off: the live link says what happened, and a way back is gone to its end."""
    cut = activations.underway(paths)
    if cut is None:
        return
    told = project.last(files.read(paths.notes) or "")
    migrated = told.get("planned") or told.get("applied")
    if migrated:
        # It was cut off while it migrated, or just after: for the way back, all that it would have done counts as done.
        cut = replace(cut, entry=replace(cut.entry, migrations=tuple(migrated)))
        activations.begin(paths, cut)
        files.remove(paths.notes)
    live = activations.live(paths) == cut.entry.number
    if cut.entry.kind == history.TAKEN_BACK:
        if not live:
            taken_back(paths, services, cut.entry)
        elif go_back(paths, services, cut.entry):
            activations.end(paths, replace(cut.entry, kind=history.RELEASE))
    elif live:
        static.replace(paths)
        if cut.holds:
            held.hold(paths, cut.holds)
        follow(paths, services, rules.read(paths) if cut.entry.kind == history.RELEASE else None)
        activations.end(paths, cut.entry)
    else:
        files.remove(paths.staging)
        activations.end(paths, replace(cut.entry, kind=history.REFUSED, reason="It was cut off before it was live."))
    one_serves(paths, services)


def retire(services: Services, colour: str | None, wait: bool = True) -> None:
    """Stops a colour that no longer serves; with `wait`, returns once its requests are answered."""
    if colour:
        services.boot(colour, False)
        services.stop(colour, wait=wait)


def follow(paths: Paths, services: Services, wanted: Rules | None) -> None:
    """Has what runs beside the site run what is live, where nothing is left to be decided by how that does."""
    trouble = processes.outcome(paths, services.beside, processes.begin(paths, services.beside, wanted), 0)
    if trouble:
        print(f"processes: {trouble}")


def one_serves(paths: Paths, services: Services) -> None:
    """The live colour boots, the other neither runs nor boots."""
    live = colours.live(paths)
    if live:
        services.boot(live, True)
        retire(services, colours.other(live))
