"""Reads a Poetry project without Poetry: its dependencies by name, pinned by the versions of poetry.lock."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from slipway_host.errors import Failure


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Two requirements files: what is wanted, and the exact version of everything it may bring along."""

    requirements: str
    constraints: str


def read(project: dict[str, Any], lock: dict[str, Any]) -> Lists:
    """The main dependencies of pyproject.toml (PEP 621 or [tool.poetry]) and the lock's versions."""
    wanted = list(project.get("project", {}).get("dependencies", ()))
    named = table(project).get("dependencies", {})
    wanted += [requirement(name, item) for name, item in named.items() if name.lower() != "python"]
    packages = [package for package in lock.get("package", ()) if of_a_registry(package)]
    # Two versions of one package differ by a marker: the resolver may choose between them.
    once = [name for name, count in Counter(package["name"] for package in packages).items() if count == 1]
    pins = [f"{package['name']}=={package['version']}" for package in packages if package["name"] in once]
    return Lists(requirements="\n".join(filter(None, wanted)) + "\n", constraints="\n".join(pins) + "\n")


def of_a_registry(package: dict[str, Any]) -> bool:
    """Also of a mirror or a registry of the project's own, which Poetry calls legacy; what is from git has a URL."""
    return bool(package.get("source", {}).get("type", "legacy") == "legacy")


def requirement(name: str, item: Any) -> str:
    """One entry of [tool.poetry.dependencies], without its version range: the lock pins it. "" for an optional one."""
    if isinstance(item, list):
        item = item[0]
    if isinstance(item, str):
        return name
    if item.get("optional"):
        return ""
    if "path" in item or "file" in item:
        raise Failure(f"pyproject.toml names {name} by a path, which is not supported: publish it or use git.")
    extras = f"[{','.join(item['extras'])}]" if item.get("extras") else ""
    marker = f" ; {item['markers']}" if item.get("markers") else ""
    if "git" in item:
        ref = item.get("rev") or item.get("tag") or item.get("branch")
        return f"{name}{extras} @ git+{item['git']}{'@' + ref if ref else ''}{marker}"
    return f"{name}{extras}{marker}"


def table(project: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = project.get("tool", {}).get("poetry", {})
    return found


def requires_python(project: dict[str, Any]) -> str | None:
    """Poetry's `python = "^3.11"` as a specifier that other tools read."""
    asked = table(project).get("dependencies", {}).get("python")
    if not isinstance(asked, str) or asked == "*" or "||" in asked:
        return None
    return ",".join(specifier(part.strip()) for part in asked.split(","))


def specifier(part: str) -> str:
    """`^3.11` → `>=3.11,<4`, `~3.11` → `==3.11.*`, `3.11.4` → `==3.11.4`."""
    found = re.fullmatch(r"([\^~]?)=?\s*(\d+(?:\.\d+)*)", part)
    if not found:
        return part
    sign, version = found.groups()
    numbers = version.split(".")
    if sign == "^":
        return f">={version},<{int(numbers[0]) + 1}"
    if sign == "~":
        return f"=={'.'.join(numbers[:2])}.*"
    return f"=={version}"
