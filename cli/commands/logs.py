"""`slipway logs`: what the app, its processes, nginx or the whole host wrote."""

import sys
from typing import Annotated

import typer

from cli import hosts
from cli.options import HERE, Folder, Side, Stack


def logs(
    stack: Stack,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Further lines, too, as they come.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 100,
    process: Annotated[str, typer.Option(metavar="NAME", help="Of one of the processes or timers.")] = "",
    nginx: Annotated[bool, typer.Option("--nginx", help="Of nginx: errors and requests.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="The host's whole journal.")] = False,
    cwd: Folder = HERE,
    rehearsal: Side = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as journalctl writes it.")] = False,
) -> None:
    """The log of the app; of one of its processes, of nginx, or of the whole host."""
    sources = [*([f"--process={process}"] if process else []), *flags(nginx=nginx, all=everything)]
    if len(sources) - bool(process) > 1:
        raise typer.BadParameter("say one of --process, --nginx and --all", param_hint="logs")
    shape = flags(follow=follow, json=as_json, colour=sys.stdout.isatty() and not as_json)
    with hosts.reached(stack, cwd, rehearsal) as host:
        code = host.slipway("logs", "--lines", str(lines), *sources, *shape)
    raise typer.Exit(code)


def flags(**wanted: bool) -> list[str]:
    return [f"--{name}" for name, on in wanted.items() if on]
