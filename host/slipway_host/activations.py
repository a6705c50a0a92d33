"""The environments of activations, kept to be gone back to, and the one activation that may be underway."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from slipway_host import colours, commands, files, history
from slipway_host.commands import Commands
from slipway_host.environment import parse, render
from slipway_host.held import Held
from slipway_host.history import Entry
from slipway_host.paths import Paths

# What may have been rotated since: going back takes them from what is live.
GENERATIONS = ("SLIPWAY_SECRET_KEY_GENERATION", "SLIPWAY_DATABASE_PASSWORD_GENERATION")
CREDENTIALS = ("DATABASE_URL", "DATABASE_REPLICA_URL", "SECRET_KEY", "SECRET_KEY_FALLBACKS", *GENERATIONS)
# Names the files on this host that a running colour has read: the same for every release, and not gone back to.
DIGEST = "SLIPWAY_CONFIG_DIGEST"


@dataclass(frozen=True, kw_only=True)
class Underway:
    """An activation that has begun, what going live with it holds, and what its release ran with before."""

    entry: Entry
    holds: Held | None = None
    beside: Commands | None = None


def environment(paths: Paths, number: int | None) -> dict[str, str]:
    """The variables of an activation, none where it has no environment any more."""
    return parse(files.read(paths.activation(number)) or "") if number is not None else {}


def live(paths: Paths) -> int | None:
    """The number of the activation that serves."""
    return colours.wears(paths, colours.live(paths)).activation


def keep(paths: Paths, number: int, variables: Mapping[str, str]) -> None:
    files.write(paths.activation(number), render(dict(sorted(variables.items()))), 0o600)


def next_number(paths: Paths) -> int:
    """Higher than all there were; where the log was lost, than all whose environments are left."""
    kept = [int(path.stem) for path in paths.activations.glob("*.env") if path.stem.isdigit()]
    return max([0, *kept, *(entry.number for entry in history.read(paths))]) + 1


def configuration(paths: Paths, variables: Mapping[str, str]) -> str:
    """A short name for what was configured. Keyed: it is shown, and a plain hash would let a secret be guessed."""
    given = {name: value for name, value in variables.items() if name not in (*CREDENTIALS, DIGEST)}
    text = json.dumps(given, sort_keys=True).encode()
    return hmac.digest(key(paths), text, hashlib.sha256).hex()[:12]


def key(paths: Paths) -> bytes:
    """This host's own, made once."""
    path = paths.settings / "configuration.key"
    known = files.read(path)
    if known is None:
        known = secrets.token_hex(32)
        files.write(path, known, 0o600)
    return known.encode()


def begin(paths: Paths, underway: Underway) -> None:
    """Notes what is about to happen, or has become known of it, before anything relies on it."""
    files.write(paths.underway, json.dumps(asdict(underway), indent=1) + "\n")


def underway(paths: Paths) -> Underway | None:
    text = files.read(paths.underway)
    if text is None:
        return None
    values = json.loads(text)
    holds, beside = values["holds"], values.get("beside")
    return Underway(
        entry=history.entry(values["entry"]),
        holds=Held(**holds) if holds else None,
        beside=commands.of(beside) if beside else None,
    )


def end(paths: Paths, entry: Entry) -> None:
    """Writes into the log how it ended."""
    history.record(paths, entry)
    files.remove(paths.underway)
