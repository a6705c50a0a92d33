"""The commands of `slipway`, in the order of its help."""

import typer

from cli.commands import status

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="What an operator does with a running stack: look, go back, run a command on its host.",
)
app.command()(status.status)


@app.callback()
def slipway() -> None:
    """With a single command typer would leave its name out."""
