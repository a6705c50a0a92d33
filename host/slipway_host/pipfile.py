"""Reads Pipfile.lock into requirements that uv installs with their hashes checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from slipway_host.errors import Failure


@dataclass(frozen=True, kw_only=True)
class Lists:
    requirements: str
    python: str | None


def read(text: str) -> Lists:
    """The `default` section, one requirement a line, and the Python version that the Pipfile asks for."""
    try:
        lock = json.loads(text)
    except ValueError as error:
        raise Failure(
            f"The project's Pipfile.lock is not valid JSON ({error}): make it anew with pipenv lock."
        ) from None
    version = lock.get("_meta", {}).get("requires", {}).get("python_version")
    lines = [requirement(name, item) for name, item in lock.get("default", {}).items()]
    return Lists(requirements="\n".join(lines) + "\n", python=f"=={version}.*" if version else None)


def requirement(name: str, item: dict[str, Any]) -> str:
    """One entry of the lock as a line of a requirements file."""
    extras = f"[{','.join(item['extras'])}]" if item.get("extras") else ""
    marker = f" ; {item['markers']}" if item.get("markers") else ""
    if "git" in item:
        return f"{name}{extras} @ git+{item['git']}@{item.get('ref', 'HEAD')}{marker}"
    if "version" not in item:
        raise Failure(f"Pipfile.lock names {name} by a path or a file, which is not supported: publish it or use git.")
    hashes = "".join(f" --hash={digest}" for digest in item.get("hashes", ()))
    return f"{name}{extras}{item['version']}{marker}{hashes}"
