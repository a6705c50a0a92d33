"""The command line of slipway-host: 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict
from pathlib import Path

from slipway_host import activate, console, database_commands, explain, lock, maintenance, operations, prepare, volume
from slipway_host.errors import Failure
from slipway_host.heedless import Heedless
from slipway_host.paths import Paths
from slipway_host.release import checked
from slipway_host.reporting import report as reports
from slipway_host.reporting.state import State
from slipway_host.services import Services, Systemd


def main(arguments: Sequence[str], paths: Paths | None = None, services: Services | None = None) -> int:
    """Runs one command. What went wrong goes to standard error: a sentence, then the failing tool's last lines."""
    options = parser().parse_args(arguments)
    with redirect_stdout(Heedless(sys.stdout)), redirect_stderr(Heedless(sys.stderr)):
        return run(options, paths or Paths(), services or Systemd())


def run(options: argparse.Namespace, paths: Paths, services: Services) -> int:
    try:
        return COMMANDS[options.command](options, paths, services) or 0
    except Failure as failure:
        return report(failure.sentence, failure.output)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return report(explain.full())
        root = " Only root may: give sudo before it." if isinstance(error, PermissionError) and os.geteuid() else ""
        return report(f"The operating system refused: {error}.{root}")
    except KeyboardInterrupt:
        return report(f"{options.command} was interrupted; run it again to complete it.")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="slipway-host", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)

    database_commands.add_to(commands)

    add = commands.add_parser("volume", help="mount the volume of the uploads, for good")
    add.add_argument("--id", required=True, help="as EC2 names it: vol-…")
    add.add_argument("--size-gb", type=int, required=True)

    add = commands.add_parser("prepare", help="build a release; needs neither the database nor a secret")
    add.add_argument("--release", required=True)
    add.add_argument("--archive", type=Path, required=True, help="the source, as .tar.gz")
    add.add_argument("--manage", default="manage.py", help="manage.py inside the archive")
    add.add_argument("--settings", default="", help="the settings module, where manage.py must not say")
    add.add_argument("--wsgi", default="", help="the WSGI module, where the settings must not say")

    add = commands.add_parser("activate", help="put a release into service; its environment file on standard input")
    add.add_argument("--release", required=True)
    add.add_argument("--config-digest", required=True, help="of the files that a running colour has read")
    add.add_argument("--rules-digest", default="", help="so that other rules are another command; they are read anew")

    add = commands.add_parser("maintenance", help="answer visitors with a 503 page; static files and health stay")
    add.add_argument("wanted", choices=("on", "off", "status"))
    add.add_argument("--retry-after", type=int, default=maintenance.RETRY_AFTER, help="seconds; for on")
    add.add_argument("--message", default=maintenance.MESSAGE, help="a sentence for visitors; for on")
    add.add_argument("--json", action="store_true")

    operations.add_to(commands)
    console.add_to(commands)

    add = commands.add_parser("report", help="metrics and new log lines to CloudWatch, as far as it can be reached")
    add.add_argument("--state", type=Path, required=True, help="a folder to remember in how far the logs were shipped")
    return top


def run_volume(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    with lock.held(paths.lock, f"mounting volume {options.id}"):
        volume.ensure(paths, options.id, options.size_gb)


def run_prepare(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    with lock.held(paths.lock, f"prepare of release {checked(options.release)}"):
        prepare.prepare(paths, options.release, options.archive, options.manage, options.settings, options.wsgi)


def run_activate(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    given = sys.stdin.read()
    with lock.held(paths.lock, f"activate of release {checked(options.release)}"):
        activate.activate(paths, services, options.release, options.config_digest, given)


def run_maintenance(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    if options.wanted == "on":
        maintenance.on(paths, options.retry_after, options.message)
    if options.wanted == "off":
        maintenance.off(paths)
    now = maintenance.current(paths)
    print(json.dumps(now and asdict(now)) if options.json else maintenance.sentence(now))


def run_report(options: argparse.Namespace, paths: Paths, services: Services) -> None:
    config = reports.read_config(paths.settings / "report.json")
    reports.report(config, State(path=options.state / "report.json"), paths.root)


def report(sentence: str, output: str = "") -> int:
    if output:
        print(output, file=sys.stderr)
    print(f"slipway-host: {sentence}", file=sys.stderr)
    return 1


COMMANDS: dict[str, Callable[[argparse.Namespace, Paths, Services], int | None]] = {
    **database_commands.COMMANDS,
    **operations.COMMANDS,
    **console.COMMANDS,
    "volume": run_volume,
    "prepare": run_prepare,
    "activate": run_activate,
    "maintenance": run_maintenance,
    "report": run_report,
}
