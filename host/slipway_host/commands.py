"""The commands that run beside the site, kept for each release: the code that is gone back to knows its own."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from slipway_host import files
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.rules import Rules, Timer
from slipway_host.run import BASE, run

PYTHON = re.compile(r"python3?")


@dataclass(frozen=True, kw_only=True)
class Commands:
    """By name: long-running ones, and ones that run by the clock."""

    processes: Mapping[str, str] = field(default_factory=dict)
    schedule: Mapping[str, Timer] = field(default_factory=dict)


def of_release(paths: Paths, release: str, rules: Rules | None) -> Commands:
    """What runs beside a release: what `rules` say, which is then kept; without them, what it ran with before."""
    known = kept(paths, release) if rules is None else None
    if known is not None:
        return known
    wanted = Commands() if rules is None else Commands(processes=rules.processes, schedule=rules.schedule)
    keep(paths, release, wanted)
    return wanted


def keep(paths: Paths, release: str, wanted: Commands) -> None:
    """Notes what a release runs with from now on."""
    path = paths.commands / f"{release}.json"
    text = json.dumps(asdict(wanted), indent=1, sort_keys=True) + "\n"
    if files.read(path) != text:
        paths.commands.mkdir(exist_ok=True)
        paths.commands.chmod(0o755)
        files.write(path, text)


def kept(paths: Paths, release: str | None) -> Commands | None:
    """What a release last ran with."""
    text = files.read(paths.commands / f"{release}.json")
    return None if text is None else of(json.loads(text))


def of(values: Mapping[str, Any]) -> Commands:
    """What `asdict` made a mapping of."""
    timers = {name: Timer(**timer) for name, timer in values["schedule"].items()}
    return Commands(processes=values["processes"], schedule=timers)


def forget(paths: Paths) -> None:
    """Removes what was kept for releases that are gone."""
    for path in paths.commands.glob("*.json"):
        if not paths.release(path.stem).is_dir():
            files.remove(path)


def require(paths: Paths, release: str, rules: Rules) -> None:
    """Refuses, before anything is touched, what could not be run: a sentence for the first."""
    for finding in findings(paths.release(release), rules):
        raise Failure(finding)


def findings(folder: Path, rules: Rules) -> Iterator[str]:
    programs = f"{folder / 'venv/bin'}:{BASE['PATH']}"
    scheduled = {f"schedule.{name}": timer.command for name, timer in rules.schedule.items()}
    for key, command in {**{f"processes.{name}": each for name, each in rules.processes.items()}, **scheduled}.items():
        first = shlex.split(command)[0]
        by_path = "/" in first or first.endswith(".py")
        if not by_path and not PYTHON.fullmatch(first) and not shutil.which(first, path=programs):
            yield f"{key} is {command!r}, and the release has no program {first}: add its package to the requirements."
    for name, timer in rules.schedule.items():
        if not run(["systemd-analyze", "calendar", timer.calendar]).ok:
            yield (
                f"schedule.{name} has the calendar {timer.calendar!r}, which systemd does not understand: "
                "write it like daily, or Mon..Fri 06:30."
            )
