"""The commands that hand their streams to another program: manage, shell and logs."""

from __future__ import annotations

import argparse
from typing import Any

from slipway_host import logs, manage
from slipway_host.paths import Paths
from slipway_host.services import Services


def add_to(commands: Any) -> None:
    """Adds their command lines to argparse's subparsers."""
    add = commands.add_parser("manage", help="a command of the live release's manage.py, as the app: manage -- COMMAND")
    add.add_argument("arguments", nargs="*", metavar="COMMAND")

    commands.add_parser("shell", help="the live release's Django shell, as the app")

    add = commands.add_parser("logs", help="what the app wrote, or one of its processes, nginx, or the whole host")
    what = add.add_mutually_exclusive_group()
    what.add_argument("--process", default="", metavar="NAME")
    what.add_argument("--nginx", action="store_true")
    what.add_argument("--all", action="store_true", help="the host's whole journal")
    add.add_argument("--lines", type=int, default=100)
    add.add_argument("--follow", action="store_true")
    add.add_argument("--json", action="store_true", help="one object a line, as journalctl prints it")
    add.add_argument("--colour", action="store_true")


def run_manage(options: argparse.Namespace, paths: Paths, services: Services) -> int:
    return manage.manage(paths, options.arguments)


def run_shell(options: argparse.Namespace, paths: Paths, services: Services) -> int:
    return manage.manage(paths, ["shell"])


def run_logs(options: argparse.Namespace, paths: Paths, services: Services) -> int:
    return logs.show(
        paths,
        process=options.process,
        nginx=options.nginx,
        everything=options.all,
        lines=options.lines,
        follow=options.follow,
        as_json=options.json,
        colour=options.colour,
    )


COMMANDS = {"manage": run_manage, "shell": run_shell, "logs": run_logs}
