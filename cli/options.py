"""The options that commands share, so that each means the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Stack = Annotated[
    str, typer.Option("--stack", "-s", metavar="STACK", help="The stack: Pulumi.STACK.yaml holds its settings.")
]
Folder = Annotated[Path, typer.Option("--cwd", "-C", metavar="FOLDER", help="The folder that holds Pulumi.yaml.")]
Side = Annotated[
    bool | None,
    typer.Option("--rehearsal/--cloud", help="The stack's rehearsal, or the real one: needed where there are both."),
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
HERE = Path()
