"""`slipway manage` and `slipway shell`: the project's own commands, in the live release."""

from typing import Annotated

import typer

from cli import hosts
from cli.hosts import interactive
from cli.options import HERE, Folder, Side, Stack


def manage(
    stack: Stack,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND ...", help="As for manage.py: -- check --deploy")],
    cwd: Folder = HERE,
    rehearsal: Side = None,
) -> None:
    """Run a command of manage.py as the app, with its environment and rights; input, output and exit code are its."""
    in_release(stack, command, cwd, rehearsal)


def shell(stack: Stack, cwd: Folder = HERE, rehearsal: Side = None) -> None:
    """Django's shell in the live release; a script may come from standard input."""
    in_release(stack, ["shell"], cwd, rehearsal)


def in_release(stack: Stack, command: list[str], cwd: Folder, rehearsal: Side) -> None:
    with hosts.reached(stack, cwd, rehearsal) as host:
        code = host.run(["slipway-host", "manage", "--", *command], tty=interactive(), stdin=True)
    raise typer.Exit(code)
