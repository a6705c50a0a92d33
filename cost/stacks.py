"""The resources of a stack, offline: from the files of the project alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from policies.resource import Resource

# What stands for a value that only the stack's key can open: nothing that is priced hangs on one.
SEALED = "sealed"


class CostError(Exception):
    """What somebody can mend, in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack as its files describe it."""

    name: str
    region: str
    resources: tuple[Resource, ...]

    def of_type(self, type_: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type == type_]


def read(folder: Path, name: str) -> Stack:
    """What `pulumi up -s NAME` in this folder asks for; CostError says why that cannot be known."""
    project = _yaml(folder / "Pulumi.yaml")
    config = _yaml(folder / f"Pulumi.{name}.yaml").get("config") or {}
    if not isinstance(config, dict):
        raise CostError(f"Pulumi.{name}.yaml: config is no mapping of keys to values.")
    region = config.get("aws:region")
    if not isinstance(region, str):
        raise CostError(f"Pulumi.{name}.yaml sets no aws:region: add it under config, such as eu-central-1.")
    declared = project.get("config") or {}
    given = {key: entry["default"] for key, entry in declared.items() if isinstance(entry, dict) and "default" in entry}
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        # The app's own code costs nothing, and may lie far away: an empty project stands for it.
        (Path(scratch) / "manage.py").write_text("")
        given |= config | {"slipway:appSource": scratch}
        asked = {
            "project": str(project.get("name")),
            "stack": name,
            "region": region,
            "config": {
                key: value if isinstance(value, str) else json.dumps(_open(value)) for key, value in given.items()
            },
            "secrets": [key for key, value in config.items() if any(_sealed(value))],
        }
        found = _run(folder, asked)
    resources = (Resource(type=one["type"], name=one["name"], stack=name, inputs=one["inputs"]) for one in found)
    return Stack(name=name, region=region, resources=tuple(resources))


def _run(folder: Path, asked: dict[str, Any]) -> list[dict[str, Any]]:
    command = [sys.executable, "-W", "ignore", "-m", "cost.program", str(folder.resolve())]
    here = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, cwd=here, env=os.environ | _bytecode()
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise CostError(f"The program did not come to its end: {done.stderr.strip()[-500:]}") from None
    if "error" in answer:
        raise CostError(answer["error"])
    found: list[dict[str, Any]] = answer["resources"]
    return found


def _bytecode() -> dict[str, str]:
    """Where Python may leave nothing beside the sources, as in a container: pulumi_aws takes seconds to compile."""
    if not sys.dont_write_bytecode:
        return {}
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway" / "bytecode"
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(cache)}


def _yaml(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        known = sorted(file.name for file in path.parent.glob("Pulumi.*.yaml"))
        raise CostError(
            f"{path.name} is not in {path.parent.resolve()}: name a stack that has a file "
            f"({', '.join(known) or 'none has'})."
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CostError(f"{path.name} cannot be read: {error}.") from None
    return document if isinstance(document, dict) else {}


def _open(value: Any) -> Any:
    """The value with a placeholder for everything encrypted."""
    if isinstance(value, dict):
        return SEALED if set(value) == {"secure"} else {key: _open(item) for key, item in value.items()}
    return [_open(item) for item in value] if isinstance(value, list) else value


def _sealed(value: Any) -> Iterator[bool]:
    if isinstance(value, dict):
        yield set(value) == {"secure"}
        for item in value.values():
            yield from _sealed(item)
    elif isinstance(value, list):
        for item in value:
            yield from _sealed(item)
