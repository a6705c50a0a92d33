"""`slipway ssh`: a shell on the host."""

import shlex
from typing import Annotated

import typer

from cli import hosts
from cli.hosts import interactive
from cli.options import HERE, Folder, Side, Stack


def ssh(
    stack: Stack,
    command: Annotated[list[str] | None, typer.Argument(metavar="[-- COMMAND ...]", help="Instead of a shell.")] = None,
    cwd: Folder = HERE,
    rehearsal: Side = None,
) -> None:
    """A shell on the host as its login user, who may use sudo; or one command."""
    with hosts.reached(stack, cwd, rehearsal) as host:
        code = host.login_shell(shlex.join(command or []), tty=interactive())
    raise typer.Exit(code)
