"""What each process and scheduled command was last started with, so that only what is out of date is restarted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from slipway_host import files
from slipway_host.commands import Commands
from slipway_host.paths import Paths
from slipway_host.units import Units


def meant(paths: Paths, units: Units, release: str, wanted: Commands) -> dict[str, str]:
    """Each service that is wanted, and what makes it need a new start when it changes: the code, the variables, the
    command and the unit itself."""
    environment = files.read(paths.live_environment) or ""
    commanded = {f"process@{name}.service": command for name, command in wanted.processes.items()}
    commanded |= {f"schedule@{name}.service": each.command for name, each in wanted.schedule.items()}
    templates = {kind: units.template(kind) for kind in {unit.partition("@")[0] for unit in commanded}}
    return {
        unit: hashlib.sha256(
            json.dumps([release, environment, command, templates[unit.partition("@")[0]]]).encode()
        ).hexdigest()
        for unit, command in commanded.items()
    }


def read(paths: Paths) -> dict[str, str]:
    try:
        marks: dict[str, str] = json.loads(files.read(paths.running) or "{}")
    except ValueError:
        return {}
    return marks


def write(paths: Paths, marks: Mapping[str, str]) -> None:
    if read(paths) != marks:
        files.write(paths.running, json.dumps(marks, indent=1, sort_keys=True) + "\n", 0o600)
