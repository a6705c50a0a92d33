"""`slipway cost`: what a stack costs a month, before it exists."""

from typing import Annotated

import typer

from cli import terminal
from cli.errors import Failure
from cli.options import HERE, AsJson, Folder, Stack
from cost.usage import Usage, meanings

NAMES = ", ".join(meanings())


def cost(
    stack: Stack,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", "-a", metavar="NAME=VALUE", help=f"Usage that you know better: {NAMES}. Repeatable."),
    ] = None,
    cwd: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """What a stack costs a month, from its files and a dated price table; needs no network and no credentials."""
    # Here: other commands need none of it.
    from cost.asjson import document
    from cost.estimate import estimate
    from cost.prices import Prices
    from cost.stacks import CostError, read

    usage = Usage()
    try:
        for text in assume or []:
            usage = usage.with_assumption(text)
        found = estimate(read(cwd, stack), usage, Prices())
    except (ValueError, CostError) as error:
        raise Failure(str(error)) from None
    if as_json:
        terminal.json(document(found))
        return
    from cli import bill

    bill.show(found)
