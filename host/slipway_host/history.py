"""The log of what was put into service when: for people and for `rollback`; nothing here decides what serves."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from slipway_host import files
from slipway_host.paths import Paths

LONGEST = 200
MOST_REFUSED = 50  # of them: somebody may try the same in vain all night
RELEASE, ROLLBACK, ROTATION, TAKEN_BACK, REFUSED = "release", "rollback", "rotation", "taken back", "refused"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One activation. `seconds` until it was live or refused; `before` is the release that served until then.

    Each of `migrations` has name, class, safe_back (whether the code before still works) and why.
    """

    number: int
    release: str
    colour: str | None
    configuration: str
    before: str | None
    activated_at: str
    kind: str = RELEASE
    seconds: float = 0
    reason: str | None = None
    by: str | None = None
    migrations: Sequence[Mapping[str, Any]] = ()
    measured: Mapping[str, float] | None = None
    advice: Sequence[str] = ()  # what its own steps told of the project

    @property
    def served(self) -> bool:
        """Whether it went live and stayed."""
        return self.kind in (RELEASE, ROLLBACK, ROTATION)


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def record(paths: Paths, entry: Entry) -> None:
    """Adds one activation, the newest last; one of the same number is replaced."""
    entries = [*(old for old in read(paths) if old.number != entry.number), entry]
    in_vain = [each.number for each in entries if each.kind == REFUSED and not each.migrations][:-MOST_REFUSED]
    entries = [each for each in entries if each.number not in in_vain][-LONGEST:]
    files.write(paths.history, json.dumps([asdict(each) for each in entries], indent=1) + "\n")


def read(paths: Paths) -> list[Entry]:
    """All activations, the oldest first."""
    try:
        return [entry(values) for values in json.loads(files.read(paths.history) or "[]")]
    except (ValueError, TypeError):
        return []


def entry(values: Mapping[str, Any]) -> Entry:
    return Entry(**{each.name: values[each.name] for each in fields(Entry) if each.name in values})


def listing(paths: Paths, live: int | None) -> list[dict[str, Any]]:
    """All activations for programs, the newest first. `live` is the number of the one that serves."""
    return [{**asdict(each), "live": each.number == live} for each in reversed(read(paths))]
