"""The units beside the site, as systemd knows them: process@NAME.service, and schedule@NAME.service with its timer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from slipway_host import files
from slipway_host.run import run as execute

SYSTEMCTL = "/usr/bin/systemctl"
FOLDER = Path("/etc/systemd/system")
OURS = ("process@*.service", "schedule@*.service", "schedule@*.timer")
SHOWN = (
    "Id,ActiveState,SubState,NRestarts,Result,InvocationID,ActiveEnterTimestampMonotonic,StateChangeTimestampMonotonic"
)
JOURNAL_LINES = "30"


@dataclass(frozen=True, kw_only=True)
class State:
    """One unit now. `entered` and `changed` are seconds of the monotonic clock: active, and in this state, since."""

    active: str = "inactive"
    sub: str = "dead"
    restarts: int = 0
    result: str = "success"
    invocation: str = ""
    entered: float = 0
    changed: float = 0

    @property
    def at_work(self) -> bool:
        """A process of it is there: it runs, is being started or being stopped."""
        return self.active not in ("inactive", "failed") and self.sub != "auto-restart"


class Units(Protocol):
    """What is asked of a service manager for what runs beside the site."""

    def known(self) -> set[str]:
        """Every unit of ours that runs, boots or has a file."""

    def states(self, units: Collection[str]) -> Mapping[str, State]: ...

    def restart(self, units: Collection[str]) -> None:
        """Has them stopped gracefully and started anew; does not wait."""

    def stop(self, units: Collection[str]) -> None:
        """Has them stopped gracefully; does not wait."""

    def forget(self, units: Collection[str]) -> None:
        """Has nothing be said any more of how units that are gone have ended."""

    def boot(self, units: Collection[str], wanted: bool) -> None: ...

    def timers(self, wanted: Mapping[str, str | None]) -> None:
        """Makes these the files of timers, None for none, and has the new ones wait for their hour."""

    def template(self, kind: str) -> str:
        """The text of process@.service or schedule@.service."""

    def journal(self, unit: str, since: float, run: str) -> str:
        """What a unit's processes wrote in one run of it (an InvocationID), or since a moment (seconds since 1970)."""


class SystemdUnits:
    """The real ones."""

    def known(self) -> set[str]:
        listed = execute([SYSTEMCTL, "list-units", "--all", "--plain", "--no-legend", "--full", *OURS]).output
        loaded = {line.split()[0] for line in listed.splitlines() if line.strip()}
        there = [FOLDER, FOLDER / "multi-user.target.wants", FOLDER / "timers.target.wants"]
        found = {path.name for folder in there for pattern in OURS for path in folder.glob(pattern)}
        return {name for name in loaded | found if "@." not in name}

    def states(self, units: Collection[str]) -> Mapping[str, State]:
        if not units:
            return {}
        shown = execute([SYSTEMCTL, "show", "-p", SHOWN, "--", *sorted(units)]).output
        parts = [dict(line.partition("=")[::2] for line in part.splitlines()) for part in shown.strip().split("\n\n")]
        return {part["Id"]: state(part) for part in parts}

    def restart(self, units: Collection[str]) -> None:
        self.systemctl("reset-failed", units)
        self.systemctl("restart", units, "--no-block")

    def stop(self, units: Collection[str]) -> None:
        self.systemctl("stop", units, "--no-block")

    def forget(self, units: Collection[str]) -> None:
        # One that did not fail is not loaded any more, which systemctl complains of.
        self.systemctl("reset-failed", units)

    def boot(self, units: Collection[str], wanted: bool) -> None:
        self.systemctl("enable" if wanted else "disable", units)

    def timers(self, wanted: Mapping[str, str | None]) -> None:
        changed = {unit: text for unit, text in wanted.items() if files.read(FOLDER / unit) != text}
        gone = [unit for unit, text in changed.items() if text is None]
        self.systemctl("stop", gone)
        self.systemctl("disable", gone)
        for unit, text in changed.items():
            if text is None:
                files.remove(FOLDER / unit)
            else:
                files.write(FOLDER / unit, text)
        if changed:
            execute([SYSTEMCTL, "daemon-reload"])
        there = [unit for unit, text in wanted.items() if text is not None]
        self.systemctl("enable", [unit for unit in there if not (FOLDER / "timers.target.wants" / unit).is_symlink()])
        self.systemctl("restart", [unit for unit in there if unit in changed])
        self.systemctl("start", there)

    def template(self, kind: str) -> str:
        return files.read(FOLDER / f"{kind}@.service") or ""

    def journal(self, unit: str, since: float, run: str) -> str:
        chosen = f"_SYSTEMD_INVOCATION_ID={run}" if run else f"_SYSTEMD_UNIT={unit}"
        return written(since, JOURNAL_LINES, chosen)

    def systemctl(self, verb: str, units: Collection[str], *options: str) -> None:
        if units:
            execute([SYSTEMCTL, "--quiet", *options, verb, "--", *sorted(units)])


def written(since: float, lines: str, *chosen: str) -> str:
    """The last lines of the journal since a moment (seconds since 1970), whole: secrets are yet to be redacted."""
    execute(["journalctl", "--sync"])
    arguments = ["-q", "--no-pager", "-o", "cat", "-n", lines, f"--since=@{since:.6f}"]
    return execute(["journalctl", *arguments, *chosen], whole=True).output


def state(shown: Mapping[str, str]) -> State:
    """One unit as `systemctl show` prints it."""
    return State(
        active=shown["ActiveState"],
        sub=shown["SubState"],
        restarts=int(shown.get("NRestarts") or 0),
        result=shown.get("Result", ""),
        invocation=shown.get("InvocationID", ""),
        entered=int(shown.get("ActiveEnterTimestampMonotonic") or 0) / 1e6,
        changed=int(shown.get("StateChangeTimestampMonotonic") or 0) / 1e6,
    )
