"""`slipway rollback`: back to what was live before."""

import getpass
import socket
from typing import Annotated

import typer

from cli import hosts
from cli.options import HERE, Folder, Side, Stack


def rollback(
    stack: Stack,
    release: Annotated[str, typer.Argument(help="The release to go back to; without it, the one before.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Even where its code does not fit the database any more.")] = (
        False
    ),
    reason: Annotated[str, typer.Option(help="Why, for those who look at `slipway releases` later.")] = "",
    cwd: Folder = HERE,
    rehearsal: Side = None,
) -> None:
    """Go back to the release and configuration before the live one, which is then held: `pulumi up` refuses it."""
    options = [*(["--force"] if force else []), f"--by={person()}", *([f"--reason={reason}"] if reason else [])]
    with hosts.reached(stack, cwd, rehearsal) as host:
        code = host.slipway("rollback", *options, *(["--", release] if release else []))
    raise typer.Exit(code)


def person() -> str:
    """Who is at this computer."""
    return f"{getpass.getuser()}@{socket.gethostname()}"
