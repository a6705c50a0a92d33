"""What was taken back and must not go live again unnoticed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from slipway_host import files
from slipway_host.paths import Paths


@dataclass(frozen=True, kw_only=True)
class Held:
    """A release, or one configuration of it; `configuration` None is any."""

    release: str
    configuration: str | None
    reason: str
    by: str | None
    at: str

    def sentence(self) -> str:
        """Why it does not go live, and what to do."""
        what = "This configuration of release" if self.configuration else "Release"
        who = f" by {self.by}" if self.by else ""
        change = "configuration" if self.configuration else "source"
        return (
            f"{what} {self.release} is held since {self.at}, when it was taken back{who} ({self.reason}): "
            f"change the {change}, or let it go live again with `slipway allow {self.release} -s STACK`."
        )


def read(paths: Paths) -> list[Held]:
    """Everything held, the oldest first."""
    return [Held(**values) for values in json.loads(files.read(paths.held) or "[]")]


def find(paths: Paths, release: str, configuration: str) -> Held | None:
    """What holds this configuration of a release, if anything."""
    for each in read(paths):
        if each.release == release and each.configuration in (None, configuration):
            return each
    return None


def hold(paths: Paths, held: Held) -> None:
    others = [each for each in read(paths) if (each.release, each.configuration) != (held.release, held.configuration)]
    write(paths, [*others, held])


def allow(paths: Paths, release: str) -> int:
    """Lets a release and all its configurations go live again; how many holds there were."""
    before = read(paths)
    after = [each for each in before if each.release != release]
    if after != before:
        write(paths, after)
    return len(before) - len(after)


def write(paths: Paths, entries: list[Held]) -> None:
    files.write(paths.held, json.dumps([asdict(each) for each in entries], indent=1) + "\n")
