"""Goes back to a release that served before, with the configuration that it had."""

from __future__ import annotations

from slipway_host import activations, colours, held, history, release, retreat, rules, switch
from slipway_host.activations import CREDENTIALS, DIGEST
from slipway_host.errors import Failure
from slipway_host.held import Held
from slipway_host.history import Entry
from slipway_host.layout import ensure
from slipway_host.paths import Paths
from slipway_host.services import Services
from slipway_host.settling import settle
from slipway_host.watching.watch import Watch

# Seconds: somebody is waiting, and nothing is decided by it.
WATCH = 0.5


def rollback(
    paths: Paths, services: Services, name: str | None, *, force: bool = False, by: str | None, reason: str | None
) -> None:
    """Puts the activation before the live one into service again, or the last one of release `name`."""
    ensure(paths)
    retreat.mend(paths, services)
    live = colours.live(paths)
    if live is None:
        raise Failure("No release is live on this host: there is nothing to go back from.")
    worn = colours.wears(paths, live)
    now = activations.environment(paths, worn.activation)
    target = choose(paths, worn.release or "", activations.configuration(paths, now), name)
    unsafe = [each for each in migrations_since(paths, target) if not each.get("safe_back", True)]
    if unsafe and not force:
        raise Failure(
            f"Going back to release {target.release} is not safe: the migration {unsafe[0]['name']} has been applied "
            f"since ({unsafe[0]['why']}). Release a correction instead, or go back all the same with --force."
        )
    credentials = {key: now[key] for key in (*CREDENTIALS, DIGEST) if key in now}
    kept = activations.environment(paths, target.number)
    variables = {**{key: value for key, value in kept.items() if key not in CREDENTIALS}, **credentials}
    said = reason or "rolled back"
    other = worn.release != target.release
    holds = Held(
        release=worn.release or "",
        configuration=None if other else activations.configuration(paths, now),
        reason=said,
        by=by,
        at=history.now(),
    )
    change = switch.Change(
        release=target.release, variables=variables, kind=history.ROLLBACK, by=by, reason=said, holds=holds
    )
    kept_to = rules.read(paths)
    trouble = switch.hand_over(paths, services, change, Watch(paths, kept_to, min(kept_to.watch_seconds, WATCH)))
    settle(paths, services, kept_to)
    if trouble:
        raise Failure(trouble)


def choose(paths: Paths, live: str, configuration: str, name: str | None) -> Entry:
    """The newest activation that served, is not what serves now, is still kept and not held."""
    served = [entry for entry in reversed(history.read(paths)) if entry.served]
    others = [entry for entry in served if (entry.release, entry.configuration) != (live, configuration)]
    named = [entry for entry in others if name is None or entry.release == name]
    kept = [entry for entry in named if complete(paths, entry)]
    for entry in kept:
        holding = held.find(paths, entry.release, entry.configuration)
        if holding is None:
            return entry
        if name is not None:
            raise Failure(holding.sentence())
    if name is None:
        raise Failure(f"There is no release before {live} to go back to.")
    if name == live:
        raise Failure(f"Release {name} is live, and there is no other configuration of it to go back to.")
    known = ", ".join(dict.fromkeys(entry.release for entry in others if complete(paths, entry))) or "none"
    raise Failure(f"Release {name} cannot be gone back to: it never served, or is no longer kept. There are: {known}.")


def complete(paths: Paths, entry: Entry) -> bool:
    return paths.activation(entry.number).is_file() and release.load(paths, entry.release) is not None


def migrations_since(paths: Paths, target: Entry) -> list[dict[str, str]]:
    """What was applied after the code that `target` goes back to was last released with steps of its own."""
    entries = history.read(paths)
    released = [
        entry.number
        for entry in entries
        if entry.release == target.release and entry.kind == history.RELEASE and entry.number <= target.number
    ]
    first = max(released, default=target.number)
    return [dict(each) for entry in entries if entry.number > first for each in entry.migrations]
