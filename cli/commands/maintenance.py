"""`slipway maintenance`: a page for visitors while the site must rest."""

from typing import Annotated, Literal

import typer

from cli import hosts, terminal
from cli.options import HERE, AsJson, Folder, Side, Stack


def maintenance(
    stack: Stack,
    wanted: Annotated[Literal["on", "off", "status"], typer.Argument()],
    message: Annotated[str, typer.Option(help="What visitors read; for `on`.")] = "",
    retry_after: Annotated[int | None, typer.Option(metavar="SECONDS", help="When to come back; for `on`.")] = None,
    cwd: Folder = HERE,
    rehearsal: Side = None,
    as_json: AsJson = False,
) -> None:
    """Answer visitors with a 503 page, or no longer; health checks and static files are served all the time."""
    words = [f"--message={message}"] if message else []
    seconds = [f"--retry-after={retry_after}"] if retry_after is not None else []
    with hosts.reached(stack, cwd, rehearsal) as host:
        if as_json:
            terminal.json(host.ask("maintenance", wanted, *words, *seconds, "--json"))
            return
        code = host.slipway("maintenance", wanted, *words, *seconds)
    raise typer.Exit(code)
