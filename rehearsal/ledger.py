"""What exists in the stand-in cloud: its only memory, written before anything relies on it."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.errors import RehearsalError

WAY_OUT = "`rehearse destroy --discard` for its stack, then `rehearse up`."


class Facts(dict[str, Any]):
    """What others need to know of a resource. RehearsalError for what an older revision of this code did not note."""

    resource = "a resource"

    def __missing__(self, key: str) -> Any:
        raise RehearsalError(
            f"The rehearsal's memory of {self.resource} lacks {key!r}, as an older Slipway left it: {WAY_OUT}"
        )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One resource: its id, its Pulumi type, and the facts others need. Never a secret."""

    id: str
    type: str
    facts: dict[str, Any]

    def __post_init__(self) -> None:
        facts = Facts(self.facts)
        facts.resource = f"{self.type} {self.id}"
        object.__setattr__(self, "facts", facts)


@dataclass
class Ledger:
    """The resources of one rehearsal, by type and id; safe to use from several threads, whole on disk at any time."""

    path: Path
    lock: threading.RLock = field(default_factory=threading.RLock)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            try:
                rows = json.loads(self.path.read_text())
            except ValueError:
                raise damaged(self.path) from None
            for row in rows:
                try:
                    entry = Entry(**row)
                except TypeError:
                    raise damaged(self.path) from None
                self.entries[entry.type, entry.id] = entry

    def put(self, type: str, id: str, facts: dict[str, Any]) -> Entry:
        with self.lock:
            self.entries[type, id] = Entry(id=id, type=type, facts=facts)
            self._write()
            return self.entries[type, id]

    def drop(self, type: str, id: str) -> None:
        with self.lock:
            self.entries.pop((type, id), None)
            self._write()

    def find(self, type: str, id: str) -> Entry | None:
        """The entry of that type and id, if it exists."""
        return self.entries.get((type, id))

    def need(self, type: str, id: str) -> Entry:
        """The entry of that type and id; RehearsalError if it does not exist, as AWS would say."""
        entry = self.find(type, id)
        if entry is None:
            raise RehearsalError(f"{type} {id} does not exist.")
        return entry

    def of(self, type: str, **facts: Any) -> Iterator[Entry]:
        """Every entry of a type whose facts equal the ones given, in the order they were made."""
        with self.lock:
            rows = list(self.entries.values())
        return (row for row in rows if row.type == type and all(row.facts.get(k) == v for k, v in facts.items()))

    def _write(self) -> None:
        draft = self.path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as sink:
            json.dump([vars(entry) for entry in self.entries.values()], sink, indent=1)
            sink.flush()
            os.fsync(sink.fileno())
        draft.rename(self.path)


def damaged(path: Path) -> RehearsalError:
    """What to say of a file of a rehearsal's that is not what was written: a full disk or a power cut does that."""
    return RehearsalError(f"{path} is damaged: {WAY_OUT}")
