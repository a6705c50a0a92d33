"""What the reporter remembers from one run to the next: how far each log was shipped, and what it complained of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway_host import files
from slipway_host.reporting.logfiles import Position


@dataclass(frozen=True, kw_only=True)
class State:
    """A file in a folder of the reporter's own. Lost or spoilt, it is begun anew: some lines are shipped twice."""

    path: Path

    def position(self, log: str) -> Position:
        saved: Any = self._load().get(log)
        try:
            return Position(inode=int(saved["inode"]), offset=int(saved["offset"]))
        except (TypeError, KeyError, ValueError):
            return Position()

    def text(self, name: str) -> str:
        saved = self._load().get(name)
        return saved if isinstance(saved, str) else ""

    def save(self, name: str, value: str | Position) -> None:
        plain = {"inode": value.inode, "offset": value.offset} if isinstance(value, Position) else value
        known = self._load()
        if known.get(name) != plain:
            files.write(self.path, json.dumps({**known, name: plain}), 0o600)

    def _load(self) -> dict[str, Any]:
        try:
            known = json.loads(files.read(self.path) or "{}")
        except ValueError:
            return {}
        return known if isinstance(known, dict) else {}
