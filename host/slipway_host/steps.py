"""What a release does before it starts: check, collect static files and migrate, in one process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from slipway_host import choice, explain, files, rules, static
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.project import Project
from slipway_host.switch import Migrations


def migrating(project: Project, url: str | None) -> Project:
    """The project as the role that may change tables, and as a user whose processes the app cannot look into."""
    if url is None:
        return project
    return replace(project, given={**project.given, "DATABASE_URL": url}, user=project.paths.migrator)


def run(
    paths: Paths,
    project: Project,
    name: str,
    settings: str,
    serving: str | None,
    note: Callable[[Migrations], None],
) -> Sequence[str]:
    """The steps, then the static files where nginx finds them. Notes what was migrated, also where it failed then.

    Returns what an operator should know of the project: a sentence's end each.
    """
    files.empty(paths.staging, 0o700, project.user, paths.user)
    result, report = project.module(
        "slipway_production.step",
        show=True,
        notes=paths.notes,
        extra={
            "SLIPWAY_BASE_SETTINGS": settings,
            "SLIPWAY_STATIC_ROOT": str(paths.staging),
            "SLIPWAY_ACCEPT_MIGRATIONS": ",".join(rules.read(paths).accept_migrations),
        },
    )
    note(report.get("applied", ()))
    files.remove(paths.notes)
    if report["failed"]:
        variables = []
        if report["failed"] == "settings":
            variables = choice.missing_variables(project, settings, report["error"])
        sentence = explain.step(report, settings=settings, serving=serving, variables=variables, output=result.output)
        raise Failure(sentence)  # Its output has been passed on line by line.
    count = static.publish(paths, name)
    print(f"activate: {count} static files are new")
    return tuple(report.get("advice", ()))
