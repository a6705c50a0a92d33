"""`slipway migrations`: what a release would do to the database."""

from typing import Annotated

import typer

from cli import hosts, terminal
from cli.options import HERE, AsJson, Folder, Side, Stack


def migrations(
    stack: Stack,
    release: Annotated[str, typer.Option(help="One that is on the host; without it, the newest.")] = "",
    cwd: Folder = HERE,
    rehearsal: Side = None,
    as_json: AsJson = False,
) -> None:
    """The pending migrations: additive, locking, destructive or irreversible, and whether there is a way back."""
    chosen = [f"--release={release}"] if release else []
    with hosts.reached(stack, cwd, rehearsal) as host:
        if as_json:
            terminal.json(host.ask("migrations", *chosen, "--json"))
            return
        code = host.slipway("migrations", *chosen)
    raise typer.Exit(code)
