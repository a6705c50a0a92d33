"""Whether a release may share its virtual environment with others, and under which name. Reads lists, installs nothing.

A one-line change of the source leaves the packages as they are: then the release takes the environment of the last.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from slipway_host import additions
from slipway_host.paths import Paths
from slipway_host.plan import ITSELF, Plan

INCLUDE = re.compile(r"(?:-r|--requirement|-c|--constraint)[ =]?\s*(\S+)")
# Options that bring in no file of the project's.
PLAIN_OPTION = re.compile(
    r"--(hash|index-url|extra-index-url|no-binary|only-binary|pre|prefer-binary|require-hashes|trusted-host)\b|-i\b"
)
# ./x, ../x, /x, file:x, lib/x, x.whl, and the same after `name @`.
LOCAL = re.compile(r"(?:^|@\s*)(?:\.|/|file:|[\w-]+/|[^\s:]+\.(?:whl|zip|tar\.gz)\b)")


class Own(Exception):
    """Files of the project's are installed beside it: such an environment belongs to one release."""


def name(paths: Paths, plan: Plan, registries: Mapping[str, str]) -> str | None:
    """The name of the environment that this plan leads to; None where it cannot be shared."""
    try:
        lists = dict(everything(plan))
    except (Own, OSError, ValueError):
        # ValueError: no TOML, or no UTF-8, which uv may read all the same.
        return None
    asked = {
        "plan": {**asdict(plan), "folder": "", "package": False},  # the project itself is installed apart
        "lists": lists,
        "additions": {path.name: path.read_text() for path in sorted(additions.FOLDER.glob("*.txt"))},
        "python": [str(paths.python), platform.python_version()],
        "registries": dict(registries),
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def everything(plan: Plan) -> Iterator[tuple[str, str]]:
    """All the text that decides what is installed, by file."""
    if "." in plan.install:
        raise Own
    made = dict(plan.files)
    for text in made.values():
        only_packages(text)
    if plan.sync is not None:
        lock = (plan.folder / "uv.lock").read_text(encoding="utf-8")
        only_published(lock)
        yield "uv.lock", lock
    for word in plan.install:
        if word == "pyproject.toml":
            text = (plan.folder / word).read_text(encoding="utf-8")
            only_stated(tomllib.loads(text))
            yield word, text
        elif (plan.folder / word).is_file() and word not in made:
            yield from requirements(plan.folder / word, plan.folder, set())


def requirements(path: Path, folder: Path, seen: set[Path]) -> Iterator[tuple[str, str]]:
    """A requirements file and all that it includes."""
    if path in seen:
        return
    seen.add(path)
    text = path.read_text(encoding="utf-8")
    yield os.path.relpath(path, folder), text
    for include in only_packages(text):
        yield from requirements(path.parent / include, folder, seen)


def only_packages(text: str) -> list[str]:
    """The files that a requirements file includes; Own where it names anything but published packages."""
    includes = []
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        if found := INCLUDE.match(line):
            includes.append(found[1])
        elif (line.startswith("-") and not PLAIN_OPTION.match(line)) or LOCAL.search(line):
            raise Own
    return includes


def only_stated(project: dict[str, Any]) -> None:
    """Own where pyproject.toml leads to folders of the project, or leaves it to its build what it needs."""
    dynamic = set(project.get("project", {}).get("dynamic", ()))
    if project.get("tool", {}).get("uv", {}).get("sources") or dynamic & {"dependencies", "optional-dependencies"}:
        raise Own


def only_published(lock: str) -> None:
    """Own where uv.lock installs a folder beside the project."""
    for package in tomllib.loads(lock).get("package", ()):
        source = package.get("source", {})
        if source.keys() & {"editable", "directory", "path"} and source != ITSELF:
            raise Own
