"""Puts a prepared release into service on the idle colour; until it answers, the live one is not touched."""

from __future__ import annotations

import time
from dataclasses import replace

from slipway_host import choice, colours, environment, explain, files, history, release, static
from slipway_host.colours import Dress
from slipway_host.environment import parse
from slipway_host.errors import Failure, tail
from slipway_host.layout import ensure
from slipway_host.paths import Paths
from slipway_host.project import Project
from slipway_host.redact import Redactor
from slipway_host.services import Services

# The database as the role that owns its tables sees it.
MIGRATION = "SLIPWAY_MIGRATION_URL"


def activate(paths: Paths, services: Services, name: str, digest: str, given: str) -> None:
    """Makes release `name` with the environment file `given` the live one. `digest` names the configuration.

    What `given` says for the migrations alone is used for them, and written nowhere.
    """
    started = time.monotonic()
    wanted = release.load(paths, name)
    if wanted is None:
        raise Failure(f"Release {name} is not complete on this host: prepare it first.")
    ensure(paths)
    given, migration = environment.split(given, MIGRATION)
    folder = paths.release(name)
    own = release.load_variables(paths, name)
    project = Project(
        python=folder / "venv/bin/python",
        folder=folder / "src",
        given={**wanted.environment, **parse(given)},
        own=own,
        paths=paths,
        user=paths.user,
    )
    settings = choice.choose(project, wanted.candidates)
    dress = Dress(release=name, environment=colours.environment_file(given, wanted, settings, digest))
    live = colours.live(paths)
    if live and colours.wears(paths, live) == dress and services.active(live):
        settle(paths, services, live)
        print(f"activate: release {name} is live already ({live})")
        return
    idle = colours.other(live)
    before = colours.wears(paths, idle)
    serving = colours.wears(paths, live).release if live else None
    services.stop(idle)  # It may run still where an activation was cut off.
    try:
        colours.dress(paths, idle, dress)
        release_steps(paths, migrating(project, migration), name, settings, serving)
        start(paths, services, idle, project, serving)
    except BaseException:
        services.stop(idle)
        colours.dress(paths, idle, before)
        raise
    services.boot(idle, True)
    files.point(paths.live, idle)
    settle(paths, services, idle)
    history.record(paths, release=name, colour=idle, digest=digest, before=serving)
    print(f"activate: release {name} is live ({idle}) after {time.monotonic() - started:.1f} s")


def migrating(project: Project, url: str | None) -> Project:
    """The project as the role that may change tables, and as a user whose processes the app cannot look into."""
    if url is None:
        return project
    return replace(project, given={**project.given, "DATABASE_URL": url}, user=project.paths.migrator)


def release_steps(paths: Paths, project: Project, name: str, settings: str, serving: str | None) -> None:
    """check, collectstatic and migrate, then the static files where nginx finds them."""
    files.empty(paths.staging, 0o700, project.user, paths.user)
    result, report = project.module(
        "slipway_production.step",
        show=True,
        extra={"SLIPWAY_BASE_SETTINGS": settings, "SLIPWAY_STATIC_ROOT": str(paths.staging)},
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


def start(paths: Paths, services: Services, colour: str, project: Project, serving: str | None) -> None:
    """Starts a colour; gunicorn is ready only after the home page has answered."""
    result = services.start(colour)
    if not result.ok:
        written = Redactor(project.given)(result.output)
        raise Failure(explain.start(written, serving), tail(written, 30))


def settle(paths: Paths, services: Services, live: str) -> None:
    """One colour serves and boots, the other does neither: also after a run that was cut off."""
    idle = colours.other(live)
    services.boot(live, True)
    services.boot(idle, False)
    services.stop(idle)
