"""The migrations that a release would apply, and what each of them means: asked of the release itself."""

from __future__ import annotations

from typing import Any

from slipway_host import activate, activations, release, rules
from slipway_host.errors import Failure, tail
from slipway_host.paths import Paths


def pending(paths: Paths, name: str | None) -> dict[str, Any]:
    """Of release `name`, else of the one prepared last: {"release", "pending": […]}. Changes nothing."""
    variables = activations.environment(paths, activations.live(paths))
    if not variables:
        raise Failure("No release is live on this host: nothing says yet where the database is.")
    name = name or newest(paths)
    wanted = release.load(paths, name)
    if wanted is None:
        raise Failure(f"Release {name} is not complete on this host: prepare it first.")
    settings = variables.get("SLIPWAY_BASE_SETTINGS", "")
    project = activate.of(paths, name, {**wanted.environment, **variables})
    result, report = project.module(
        "slipway_production.pending",
        extra={"SLIPWAY_BASE_SETTINGS": settings if settings in wanted.candidates else wanted.candidates[-1]},
    )
    if report["failed"]:
        why = f"The pending migrations of release {name} cannot be read ({report['error']}): correct what it names."
        raise Failure(why, tail(result.output))
    accepted = rules.read(paths).accept_migrations
    found = [{**migration, "accepted": migration["name"] in accepted} for migration in report["migrations"]]
    return {"release": name, "pending": found}


def newest(paths: Paths) -> str:
    """The release that was prepared last; the live one is among them."""
    complete = [found for folder in paths.releases.iterdir() if (found := release.load(paths, folder.name))]
    return max(complete, key=lambda each: release.asked_for(paths, each.id)).id


def lines(found: dict[str, Any]) -> list[str]:
    """The same for people."""
    if not found["pending"]:
        return [f"release {found['release']}: no migration is pending"]
    said = [f"release {found['release']} would apply:"]
    for migration in found["pending"]:
        waits = migration["class"] == "destructive" and not migration["accepted"]
        notes = ["waits for acceptMigrations"] * waits + ["going back is not safe"] * (not migration["safe_back"])
        note = f" ({'; '.join(notes)})" if notes else ""
        said.append(f"  {migration['name']}  {migration['class']}{note}: {migration['why']}")
    return said
