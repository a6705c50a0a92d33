"""Units beside the site whose states are a file, as a service manager would report them."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from slipway_host.units import State


@dataclass
class FileUnits:
    """A restart takes hold at once. `crashing` units end as soon as they start."""

    path: Path
    crashing: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def read(self) -> dict[str, dict[str, Any]]:
        return dict(json.loads(self.path.read_text())) if self.path.exists() else {}

    def save(self, part: str, unit: str, value: object) -> None:
        kept = self.read()
        kept.setdefault(part, {})
        kept[part].pop(unit, None)
        if value is not None:
            kept[part][unit] = value
        self.path.write_text(json.dumps(kept))

    def part(self, name: str) -> dict[str, Any]:
        return dict(self.read().get(name, {}))

    def known(self) -> set[str]:
        return {unit for name in ("states", "boots", "timers") for unit in self.part(name)}

    def states(self, units: Collection[str]) -> Mapping[str, State]:
        known = self.part("states")
        return {unit: State(**known[unit]) if unit in known else State() for unit in units}

    def put(self, unit: str, state: State) -> None:
        self.save("states", unit, asdict(state))

    def run(self, unit: str, invocation: str = "1") -> None:
        """What a timer does: the scheduled command is at work."""
        self.put(unit, State(active="activating", sub="start", invocation=invocation, changed=time.monotonic()))

    def restart(self, units: Collection[str]) -> None:
        for unit in sorted(units):
            self.calls.append(f"restart {unit}")
            now = time.monotonic()
            if unit in self.crashing:
                self.put(unit, State(active="activating", sub="auto-restart", changed=now, entered=now))
            else:
                self.put(unit, State(active="active", sub="running", changed=now, entered=now))

    def stop(self, units: Collection[str]) -> None:
        for unit in sorted(units):
            self.calls.append(f"stop {unit}")
            # A unit that has failed stays so when it is stopped.
            if self.part("states").get(unit, {}).get("active") != "failed":
                self.save("states", unit, None)

    def forget(self, units: Collection[str]) -> None:
        for unit in units:
            if self.part("states").get(unit, {}).get("active") == "failed":
                self.save("states", unit, None)

    def boot(self, units: Collection[str], wanted: bool) -> None:
        for unit in units:
            self.save("boots", unit, True if wanted else None)

    def timers(self, wanted: Mapping[str, str | None]) -> None:
        for unit, text in wanted.items():
            self.save("timers", unit, text)

    def template(self, kind: str) -> str:
        return f"{kind}, first edition"

    def journal(self, unit: str, since: float, run: str) -> str:
        return "starting\nbroker.Refused: no broker at a-key-that-is-secret\n"
