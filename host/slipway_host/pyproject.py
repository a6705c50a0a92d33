"""Reads what a project's pyproject.toml says about what it needs."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from slipway_host import poetry
from slipway_host.errors import Failure

PRODUCTION = ("production", "prod")


def read(folder: Path, name: str = "pyproject.toml") -> dict[str, Any]:
    """The parsed pyproject.toml of a folder, or another file of its kind; {} where there is none."""
    path = folder / name
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Failure(f"{name} of the project is not valid TOML ({error}): correct it.") from None


def requires_python(project: dict[str, Any]) -> str | None:
    """The versions of Python a project asks for, as a specifier (">=3.11,<3.14")."""
    asked = project.get("project", {}).get("requires-python")
    return str(asked) if asked else poetry.requires_python(project)


def groups(project: dict[str, Any]) -> tuple[str, ...]:
    """uv's options for the dependency groups that are named after production."""
    return options("--group", project.get("dependency-groups", {}))


def extras(project: dict[str, Any]) -> tuple[str, ...]:
    """uv's options for the extras that are named after production."""
    return options("--extra", project.get("project", {}).get("optional-dependencies", {}))


def options(option: str, table: dict[str, Any]) -> tuple[str, ...]:
    return tuple(word for name in PRODUCTION if name in table for word in (option, name))
