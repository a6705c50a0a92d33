"""The command `rehearse`: the Pulumi engine's verbs, on stand-ins."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rehearsal import caches, homes, network, preflight, recorded, report, teardown
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home
from rehearsal.progress import Progress

if TYPE_CHECKING:
    from rehearsal.session import Session
    from rehearsal.timing import Timing

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
StackName = Annotated[str, typer.Option("--stack", "-s", help="The stack: Pulumi.STACK.yaml holds its settings.")]
Folder = Annotated[Path, typer.Option("--cwd", "-C", help="The folder that holds Pulumi.yaml.")]
Zones = Annotated[
    list[str] | None,
    typer.Option("--hosted-zone", help="A hosted zone of the stand-in account; where none is named, it has any."),
]
HERE = Path()
LEFTOVERS = ("The resources in the stack have been deleted, but", "If you want to remove the stack completely, run")
Verb = Callable[["Session"], Any]


def _run(verb: str, stack: str, folder: Path, act: Verb, zones: Sequence[str] = ()) -> "Timing":
    """Everything around one verb of the engine on the real stand-ins; what the engine did, and its times."""
    # The engine's SDK takes a second to load, which `output` need not wait for.
    from rehearsal import engine, session

    preflight.become_root()
    progress = Progress()
    preflight.prepare("rehearsal", progress)
    pulumi = engine.find_or_build(progress)
    home = homes.claim(folder.resolve(), stack)
    with home.locked():
        try:
            with session.opened(
                home, pulumi, caches.folder(), progress, verb=verb, real=True, hosted_zones=zones
            ) as opened:
                act(opened)
        except RehearsalError:
            # Nothing was made yet: nothing stays.
            if not (home.path / "ledger.json").exists():
                teardown.remove(home)
            raise
    return opened.timing


@app.command()
def up(
    stack: StackName,
    cwd: Folder = HERE,
    replace: Annotated[
        list[str] | None, typer.Option(help="A resource to make anew, by its name, URN or a pattern such as **::NAME.")
    ] = None,
    zones: Zones = None,
) -> None:
    """Create or update the stack on stand-ins, and say how to open it."""
    began = time.monotonic()
    outputs: dict[str, Any] = {}
    meter = [0, 0]

    def act(opened: "Session") -> None:
        meter[0] = network.ssh_connections(opened.home)
        result = opened.stack.up(
            on_output=print,
            on_error=_complain,
            on_event=opened.timing,
            refresh=opened.refresh,
            replace=recorded.chosen(opened.home, replace or []),
            show_secrets=False,
        )
        meter[1] = network.ssh_connections(opened.home)
        outputs.update({key: output.value for key, output in result.outputs.items()})

    timing = _run("up", stack, cwd, act, zones or ())
    home = homes.find(cwd.resolve(), stack)
    assert home is not None
    print(report.up(home, outputs, timing, seconds=time.monotonic() - began, connections=meter[1] - meter[0]))


@app.command()
def preview(stack: StackName, cwd: Folder = HERE, zones: Zones = None) -> None:
    """Show what `up` would do. A stack that was never up needs no root, no machine and no credentials."""
    from rehearsal import engine, session

    project = cwd.resolve()
    try:
        _look_as_root()
    except RehearsalError:
        _complain("Without root the rehearsals of this computer cannot be seen: a preview of a stack never up follows.")
    if homes.find(project, stack):
        _run(
            "preview",
            stack,
            cwd,
            lambda opened: opened.stack.preview(on_output=print, on_event=opened.timing),
            zones or (),
        )
        return
    progress = Progress()
    pulumi = engine.find_or_build(progress)
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        home = Home(project=project, stack=stack, slot=0, path=Path(scratch))
        with session.opened(
            home, pulumi, caches.folder(), progress, verb="preview", real=False, hosted_zones=zones or ()
        ) as opened:
            opened.stack.preview(on_output=print, on_error=_complain, on_event=opened.timing)


@app.command()
def refresh(stack: StackName, cwd: Folder = HERE) -> None:
    """Compare the stack's state with the stand-ins as they are."""
    _run(
        "refresh",
        stack,
        cwd,
        lambda opened: opened.stack.refresh(on_output=print, on_error=_complain, on_event=opened.timing),
    )


@app.command()
def destroy(
    stack: StackName,
    cwd: Folder = HERE,
    discard: Annotated[bool, typer.Option(help="Take everything away without asking the engine: protection, too.")] = (
        False
    ),
) -> None:
    """Destroy the stack, and leave no process, mount, interface, nft table or file outside the caches."""
    began = time.monotonic()
    _look_as_root()
    home = homes.find(cwd.resolve(), stack)
    if not home:
        print(f"There is no rehearsal of stack {stack} of {cwd.resolve()}: nothing to destroy.")
        return

    if discard:
        with home.locked():
            teardown.remove(home)
        print(f"Discarded in {time.monotonic() - began:.1f} s.")
        return

    def act(opened: "Session") -> None:
        # The engine would delete all the rest, the site's address and its firewall rules, before it says so.
        if kept := recorded.protected(opened.home):
            raise RehearsalError(
                f"Stack {stack} protects {' and '.join(kept)}: end that and `rehearse up -s {stack}` first, or "
                f"`rehearse destroy -s {stack} --discard`, which asks nobody."
            )
        opened.stack.destroy(
            remove=True, on_output=_say_but_leftovers, on_error=_complain, on_event=opened.timing, show_secrets=False
        )
        teardown.remove(opened.home)

    _run("destroy", stack, cwd, act)
    print(f"Destroyed in {time.monotonic() - began:.1f} s. The caches stay: `make clean` removes them.")


@app.command()
def output(
    stack: StackName,
    cwd: Folder = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    show_secrets: Annotated[bool, typer.Option("--show-secrets", help="The secret ones, too, in clear.")] = False,
) -> None:
    """Print the stack's outputs, and the root certificate to trust during the rehearsal."""
    _look_as_root()
    home = homes.find(cwd.resolve(), stack)
    if home is None:
        raise RehearsalError(
            f"There is no rehearsal of stack {stack} of {cwd.resolve()}: run `rehearse up -s {stack}` there first."
        )
    values = report.outputs(home, recorded.outputs(home, show_secrets))
    if as_json:
        print(json.dumps(values, indent=2))
    else:
        print("\n".join(f"{key}: {str(value).strip()}" for key, value in values.items()))


@app.command(name="list")
def list_rehearsals() -> None:
    """Every rehearsal on this computer: its slot, stack and checkout, whether or not that still exists."""
    preflight.become_root()
    for home in homes.every():
        print(f"{home.network}  {home.stack}  {home.project}{'' if home.project.exists() else '  (gone)'}")


@app.command()
def clean() -> None:
    """Remove the caches: the engine, the machines' Debian trees, packed sources, final snapshots."""
    preflight.become_root()
    running = [home for home in homes.every() if (home.path / "machines").is_dir()]
    if running:
        names = ", ".join(f"{home.stack} of {home.project}" for home in running)
        raise RehearsalError(
            f"The caches are in use by {names}: `rehearse destroy -s STACK -C FOLDER` first, with --discard where the "
            "folder is gone."
        )
    subprocess.run(["chmod", "-R", "u+w", str(caches.folder())], check=False, capture_output=True)
    shutil.rmtree(caches.folder(), ignore_errors=True)
    print(f"Removed {caches.folder()}.")


def _look_as_root() -> None:
    """Rehearsals are root's, and another user would find none of them; where there are none, nobody need be root."""
    if homes.ROOT.exists():
        preflight.become_root()


def _say_but_leftovers(text: str) -> None:
    """The engine ends by saying that history and configuration stay, and how to remove them: they do not stay here."""
    if not text.startswith(LEFTOVERS):
        print(text)


def _complain(text: str) -> None:
    print(text, file=sys.stderr)
