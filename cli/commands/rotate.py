"""`slipway rotate`: new secrets for a site that goes on serving."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cli import engines, hosts
from cli.configuration import Change, Number
from cli.errors import Failure
from cli.options import HERE, Folder, Side
from cli.options import Stack as Name
from cli.stacks import Stack


@dataclass(frozen=True, kw_only=True)
class Secret:
    """What can be rotated: its name in `slipway-host status` and, with Generation behind it, in the configuration."""

    name: str
    what: str
    done: str  # with the number that serves, and the one before


SECRETS = {
    "secret-key": Secret(
        name="secretKey",
        what="SECRET_KEY",
        done="SECRET_KEY of generation {now} signs; that of generation {before} is accepted until the next rotation.",
    ),
    "database-password": Secret(
        name="databasePassword",
        what="The passwords of the database's roles",
        done="The app uses the password of generation {now}; the role of generation {before} cannot log in any more.",
    ),
}


def rotate(
    secret: Annotated[Literal["secret-key", "database-password"], typer.Argument(help="What to draw anew.")],
    stack: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: passed on to pulumi up.")] = False,
    cwd: Folder = HERE,
    rehearsal: Side = None,
) -> None:
    """Draw a secret anew and put it to use by an update: no request fails, and nobody is logged out."""
    chosen = SECRETS[secret]
    found, live = look(stack, cwd, rehearsal, chosen)
    number = Number(stack=found, key=f"{chosen.name}Generation")
    configured = number.get()
    check(number, configured, live)
    wanted = live + 1
    change = number.set(wanted) if configured == live else None
    if change:
        say(f"{chosen.what}: {number.name} is raised from {live} to {wanted} in {number.file.name}.")
    else:
        say(f"{chosen.what}: {number.name} is {wanted} already, and {live} serves: an earlier rotation goes on.")
    say(f"`{found.verb('up')}` follows, with whatever else has changed since the last one.")
    code = 1
    try:
        code = engines.up(found.rehearsed, found.name, found.folder, yes)
    finally:
        settle(number, chosen, live, change, well=code == 0)
    raise typer.Exit(code)


def look(name: str, folder: Path, rehearsed: bool | None, secret: Secret) -> tuple[Stack, int]:
    """The stack, and the generation of the secret that serves."""
    with hosts.reached(name, folder, rehearsed) as host:
        seen: dict[str, Any] = host.ask("status", "--json")
    if not seen.get("live"):
        raise Failure(f"Nothing serves on {host.stack} yet, so there is nothing to rotate: `{host.stack.verb('up')}`.")
    if "generations" not in seen:
        raise Failure(f"The host knows no generations yet: `{host.stack.verb('up')}` brings it up to date.")
    return host.stack, int(seen["generations"][secret.name])


def check(number: Number, configured: int, live: int) -> None:
    """A rotation goes from what serves to the next; anything else in the configuration is somebody's slip."""
    if configured not in (live, live + 1):
        raise Failure(
            f"{number.name} is {configured} in {number.file.name}, and generation {live} serves: set it to {live}, as "
            "the last rotation left it, and run this again."
        )


def settle(number: Number, secret: Secret, before: int, change: Change | None, *, well: bool) -> None:
    """Says what serves after the update, and makes the configuration say the same."""
    try:
        _, live = look(number.stack.name, number.stack.folder, number.stack.rehearsed, secret)
    except Failure as failure:
        say(
            f"{failure} Whether generation {before + 1} serves is not known; {number.name} stays at it. Run this again."
        )
        return
    if live == before:
        change.undo() if change else number.set(before)
        say(f"The update ended before generation {before + 1} served: {number.name} is {before} again, as what serves.")
        return
    if well:
        say(secret.done.format(now=live, before=before))
    else:
        say(f"Generation {live} serves, but the update did not end well: `{number.stack.verb('up')}` completes it.")
    say(f"Commit {number.file.name}: it says which generation is in use.")


def say(sentence: str) -> None:
    print(f"slipway: {sentence}", file=sys.stderr)
