"""`slipway allow`: lets a release go live again that was taken back."""

from typing import Annotated

import typer

from cli import hosts
from cli.options import HERE, Folder, Side, Stack


def allow(
    stack: Stack,
    release: Annotated[str, typer.Argument(help="Its id, as `slipway status` shows it under held.")],
    cwd: Folder = HERE,
    rehearsal: Side = None,
) -> None:
    """Let a release that was taken back go live again; the next `pulumi up` then may."""
    with hosts.reached(stack, cwd, rehearsal) as host:
        code = host.slipway("allow", "--", release)
    raise typer.Exit(code)
