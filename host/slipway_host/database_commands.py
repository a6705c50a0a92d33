"""The commands of slipway-host about the roles of the database; secrets come in on standard input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slipway_host import database, lock, retire, roles
from slipway_host.paths import Paths
from slipway_host.psql import Server
from slipway_host.services import Services


def add_to(commands: Any) -> None:
    """Adds their command lines to argparse's subparsers."""
    add = commands.add_parser("database", help="create the app's roles and database; secrets as JSON on standard input")
    add_server(add)
    add.add_argument("--name", default="app")
    add.add_argument("--role", default="app", help="serves: works with the rows, and cannot change a table")
    add.add_argument("--other-role", help="serves before and after it: retired where it is not in use")
    add.add_argument("--owner", default="app_owner", help="migrates, and owns every table")
    add.add_argument("--generation", type=int, default=1, help="of the passwords; what serves has this one or the last")

    add = commands.add_parser("retire", help="end a role that has served; the master's login as JSON on standard input")
    add_server(add)
    add.add_argument("--role", required=True)
    add.add_argument("--patience", type=float, default=retire.PATIENCE, help="seconds that its sessions have to end")


def add_server(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", required=True)
    command.add_argument("--port", type=int, default=5432)
    command.add_argument("--ca", type=Path, required=True, help="certificates that vouch for the server")
    command.add_argument("--replica", action="append", default=[], help="the host of a server that follows it")


def servers(options: argparse.Namespace) -> list[Server]:
    """The primary, then its replicas."""
    return [Server(host=host, port=options.port, ca=options.ca) for host in (options.host, *options.replica)]


def run_database(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    secrets = database.read_secrets(sys.stdin.read())
    wanted = roles.Wanted(
        name=options.name,
        role=options.role,
        other=options.other_role,
        owner=options.owner,
        generation=options.generation,
    )
    with lock.held(paths.lock, f"database for role {options.role}"):
        roles.ready(paths, servers(options), secrets, wanted)


def run_retire(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    master = database.read_master(sys.stdin.read())
    with lock.held(paths.lock, f"retire of role {options.role}"):
        roles.retire(paths, servers(options), master, options.role, options.patience)


COMMANDS: dict[str, Callable[[argparse.Namespace, Paths, Services], None]] = {
    "database": run_database,
    "retire": run_retire,
}
