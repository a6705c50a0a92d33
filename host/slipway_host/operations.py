"""The commands of slipway-host that people give: what is live, and the way back."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from slipway_host import activations, held, history, lock, pending, retreat, rollback, rules, status
from slipway_host.errors import Failure
from slipway_host.layout import ensure
from slipway_host.paths import Paths
from slipway_host.release import checked
from slipway_host.services import Services
from slipway_host.settling import settle


def add_to(commands: Any) -> None:
    """Adds their command lines to argparse's subparsers."""
    add = commands.add_parser("rollback", help="go back to the release before, or to RELEASE, as it was configured")
    add.add_argument("release", nargs="?")
    add.add_argument("--force", action="store_true", help="although migrations since make its code unsafe")
    add.add_argument("--by", default=None, help="who does it, for the log")
    add.add_argument("--reason", default=None, help="why, for the log and for whoever releases it again")

    add = commands.add_parser("allow", help="let a release that was taken back go live again")
    add.add_argument("release")

    add = commands.add_parser("migrations", help="what the release prepared last would do to the database")
    add.add_argument("--release", default=None)
    add.add_argument("--json", action="store_true")

    commands.add_parser("prune", help="remove what nobody can go back to any more; each release does it too")

    for name, what in (("releases", "what was put into service when"), ("status", "what this host is doing now")):
        add = commands.add_parser(name, help=what)
        add.add_argument("--json", action="store_true")


def run_rollback(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    name = checked(options.release) if options.release else None
    with lock.held(paths.lock, f"rollback to {name or 'the release before'}"):
        rollback.rollback(paths, services, name, force=options.force, by=options.by, reason=options.reason)


def run_allow(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    with lock.held(paths.lock, f"allow of release {checked(options.release)}"):
        if not held.allow(paths, options.release):
            raise Failure(f"Release {options.release} is not held on this host: nothing keeps it from going live.")
    print(f"allow: release {options.release} may go live again: deploy it, or roll back to it by name")


def run_prune(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    ensure(paths)
    with lock.held(paths.lock, "prune"):
        retreat.mend(paths, services)
        settle(paths, services, rules.read(paths))


def run_releases(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    listing = history.listing(paths, activations.live(paths))
    if options.json:
        print(json.dumps(listing))
        return
    for entry in listing:
        print(line(entry))


def line(entry: dict[str, Any]) -> str:
    """One activation for people."""
    mark = "*" if entry["live"] else " "
    reason = f": {entry['reason']}" if entry["reason"] else ""
    return f"{mark} {entry['number']:>4}  {entry['activated_at']}  {entry['release']}  {entry['kind']}{reason}"


def run_migrations(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    found = pending.pending(paths, checked(options.release) if options.release else None)
    print(json.dumps(found) if options.json else "\n".join(pending.lines(found)))


def run_status(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    now = status.status(paths, services)
    print(json.dumps(now) if options.json else "\n".join(status.sentences(now)))


COMMANDS: dict[str, Callable[[argparse.Namespace, Paths, Services], None]] = {
    "rollback": run_rollback,
    "allow": run_allow,
    "migrations": run_migrations,
    "prune": run_prune,
    "releases": run_releases,
    "status": run_status,
}
