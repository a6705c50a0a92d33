"""One report: what the host measures, and what its logs have new. Run by a timer, every minute."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from slipway_host import files
from slipway_host.errors import Failure
from slipway_host.reporting import events, journal, logfiles, measures, metrics
from slipway_host.reporting.instance import Instance, this_instance
from slipway_host.reporting.state import State
from slipway_host.reporting.web import Refused

NGINX_LOGS = {"nginx-access": "var/log/nginx/access.log", "nginx-error": "var/log/nginx/error.log"}
COMPLAINT, RECOVERED = "complaint", "Everything is reported again."


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the program wrote into /etc/slipway/report.json."""

    namespace: str
    domain: str
    groups: Mapping[str, str]  # kind of log → log group


Part = Callable[[Config, State, Path, Instance], None]


def read_config(path: Path) -> Config:
    try:
        return Config(**json.loads(files.read(path) or ""))
    except (ValueError, TypeError):
        raise Failure(f"{path} does not say where to report; deploy again to have it written.") from None


def report(
    config: Config,
    state: State,
    root: Path = Path("/"),
    find: Callable[[], Instance] = this_instance,
    say: Callable[[str], None] = print,
) -> None:
    """Reports what it can. What AWS refuses is tried again by the next run, and complained of once."""
    refusals: list[Refused] = []
    try:
        instance = find()
    except Refused as refused:
        refusals.append(refused)
    else:
        for part in PARTS:
            try:
                part(config, state, root, instance)
            except Refused as refused:
                refusals.append(refused)
    happened = refusals[0].happened if refusals else ""
    if happened != state.text(COMPLAINT):
        say(f"Not everything is reported: {happened}. {refusals[0].said}".rstrip() if refusals else RECOVERED)
    state.save(COMPLAINT, happened)


def _metrics(config: Config, state: State, root: Path, instance: Instance) -> None:
    metrics.put(instance, config.namespace, measures.measure(config.domain, root))


def _logs(kind: str) -> Part:
    """Each kind of log on its own: one that is refused must not have the others sent again."""

    def ship(config: Config, state: State, root: Path, instance: Instance) -> None:
        position: str | logfiles.Position
        if kind in NGINX_LOGS:
            new, position = logfiles.read(root / NGINX_LOGS[kind], state.position(kind))
        else:
            new, position = journal.read(kind, state.text(kind))
        events.ship(instance, config.groups[kind], new)
        state.save(kind, position)

    return ship


PARTS: tuple[Part, ...] = (_metrics, *map(_logs, (*NGINX_LOGS, "app", "system")))
