"""Puts a prepared release into service, unless it is live already or held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from slipway_host import activations, choice, colours, environment, explain, files, held, release, rules, static, switch
from slipway_host.environment import parse
from slipway_host.errors import Failure, tail
from slipway_host.layout import ensure
from slipway_host.paths import Paths
from slipway_host.project import Project
from slipway_host.services import Services

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
    switch.mend(paths)
    given, migration = environment.split(given, MIGRATION)
    configured = {**wanted.environment, **parse(given)}
    project = of(paths, name, configured)
    settings = choice.choose(project, wanted.candidates)
    variables = {**configured, "SLIPWAY_BASE_SETTINGS": settings, activations.DIGEST: digest}
    live = colours.live(paths)
    if live and wears(paths, live, name, variables) and services.active(live):
        switch.settle(paths, services)
        print(f"activate: release {name} is live already ({live})")
        return
    holding = held.find(paths, name, activations.configuration(paths, variables))
    if holding:
        raise Failure(holding.sentence())
    serving = colours.wears(paths, live).release

    def steps() -> Sequence[Mapping[str, Any]]:
        return release_steps(paths, migrating(project, migration), name, settings, serving)

    done = switch.hand_over(paths, services, switch.Change(release=name, variables=variables, steps=steps))
    print(f"activate: release {name} is live ({done.colour}) after {done.seconds:.1f} s")
    switch.settle(paths, services)


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


def migrating(project: Project, url: str | None) -> Project:
    """The project as the role that may change tables, and as a user whose processes the app cannot look into."""
    if url is None:
        return project
    return replace(project, given={**project.given, "DATABASE_URL": url}, user=project.paths.migrator)


def release_steps(
    paths: Paths, project: Project, name: str, settings: str, serving: str | None
) -> Sequence[Mapping[str, Any]]:
    """check, collectstatic and migrate, then the static files where nginx finds them. Returns the migrations."""
    files.empty(paths.staging, 0o700, project.user, paths.user)
    result, report = project.module(
        "slipway_production.step",
        show=True,
        extra={
            "SLIPWAY_BASE_SETTINGS": settings,
            "SLIPWAY_STATIC_ROOT": str(paths.staging),
            "SLIPWAY_ACCEPT_MIGRATIONS": ",".join(rules.read(paths).accept_migrations),
        },
    )
    if report["failed"]:
        variables = []
        if report["failed"] == "settings":
            variables = choice.missing_variables(project, settings, report["error"])
        sentence = explain.step(report, settings=settings, serving=serving, variables=variables, output=result.output)
        raise Failure(sentence, tail(result.output))
    count = static.publish(paths, name)
    files.remove(paths.staging)
    print(f"activate: {count} static files are new")
    applied: Sequence[Mapping[str, Any]] = report.get("applied", ())
    return applied
