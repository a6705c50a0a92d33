"""Puts a prepared release into service, unless it is live already or held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from slipway_host import (
    activations,
    choice,
    colours,
    commands,
    environment,
    held,
    processes,
    release,
    retreat,
    rotation,
    rules,
    steps,
    switch,
)
from slipway_host.environment import parse
from slipway_host.errors import Failure
from slipway_host.layout import ensure
from slipway_host.paths import Paths
from slipway_host.project import Project
from slipway_host.services import Services
from slipway_host.settling import settle
from slipway_host.switch import Change, Migrations
from slipway_host.watching.watch import Watch

# The database as the role that owns its tables sees it.
MIGRATION = "SLIPWAY_MIGRATION_URL"


def activate(paths: Paths, services: Services, name: str, digest: str, given: str) -> None:
    """Makes release `name` with the variables of the environment file `given` the live one.

    `digest` names the files that a colour reads. What `given` says for the migrations alone is used for them, and
    written nowhere.
    """
    wanted = release.load(paths, name)
    if wanted is None:
        raise Failure(f"Release {name} is not complete on this host: prepare it first.")
    ensure(paths)
    retreat.mend(paths, services)
    kept_to = rules.read(paths)
    commands.require(paths, name, kept_to)
    given, migration = environment.split(given, MIGRATION)
    configured = {**wanted.environment, **parse(given)}
    project = of(paths, name, configured)
    settings = choice.choose(project, wanted.candidates)
    variables = {**configured, "SLIPWAY_BASE_SETTINGS": settings, activations.DIGEST: digest}
    live = colours.live(paths)
    if live and wears(paths, live, name, variables) and services.active(live):
        settle(paths, services, kept_to)
        processes.settle(paths, services.beside, kept_to, kept_to.watch_seconds)
        print(f"activate: release {name} is live already ({live})")
        return
    holding = held.find(paths, name, activations.configuration(paths, variables))
    if holding:
        raise Failure(holding.sentence())
    rotation.introduce(paths, services, variables)
    serving = colours.wears(paths, live).release

    def run_steps(note: Callable[[Migrations], None]) -> Sequence[str]:
        return steps.run(paths, steps.migrating(project, migration), name, settings, serving, note)

    watch = Watch(paths, kept_to, kept_to.watch_seconds)
    change = Change(release=name, variables=variables, rules=kept_to, steps=run_steps)
    trouble = switch.hand_over(paths, services, change, watch)
    settle(paths, services, kept_to)
    if trouble:
        raise Failure(trouble)


def wears(paths: Paths, colour: str, name: str, variables: Mapping[str, str]) -> bool:
    worn = colours.wears(paths, colour)
    return worn.release == name and activations.environment(paths, worn.activation) == variables


def of(paths: Paths, name: str, configured: Mapping[str, str]) -> Project:
    """The release's own code under the environment that it would serve with."""
    folder = paths.release(name)
    return Project(
        python=folder / "venv/bin/python",
        folder=folder / "src",
        given=configured,
        own=release.load_variables(paths, name),
        paths=paths,
        user=paths.user,
    )
