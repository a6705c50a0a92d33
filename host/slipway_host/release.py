"""A release on disk: a folder that is complete once its release.json is there."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from slipway_host import files
from slipway_host.discovery import Found
from slipway_host.environment import parse, render
from slipway_host.errors import Failure
from slipway_host.paths import Paths

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, kw_only=True)
class Release:
    """What `prepare` found out and `activate` needs to know."""

    id: str
    manage: str
    candidates: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    prepared_at: str = field(default_factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))


def checked(name: str) -> str:
    """A release's id, which becomes the name of a folder."""
    if not NAME.fullmatch(name):
        raise Failure(f"{name!r} is no id for a release: letters, digits, dots, dashes and underscores.")
    return name


def save(paths: Paths, release: Release) -> None:
    """Makes the release complete. Its environment may come from a .env file in the source: for root only."""
    files.write(paths.release(release.id) / "release.json", json.dumps(asdict(release), indent=1) + "\n", 0o600)


def load(paths: Paths, name: str) -> Release | None:
    """A complete release, None for one that is missing or half-built."""
    text = files.read(paths.release(name) / "release.json")
    if text is None:
        return None
    values = json.loads(text)
    return Release(**{**values, "candidates": tuple(values["candidates"])})


def asked_for(paths: Paths, name: str) -> float:
    """When the program last had this release prepared, complete already or not: seconds since 1970."""
    return (paths.release(name) / "release.json").stat().st_mtime


def ask_for(paths: Paths, name: str) -> None:
    os.utime(paths.release(name) / "release.json")


def variables(paths: Paths, name: str, manage: Path, wsgi: str, found: Found) -> dict[str, str]:
    """release.env: where this release is and how Django finds it. Nothing in it is secret."""
    before = [str(manage.parent), *found.before]
    return {
        "DJANGO_SETTINGS_MODULE": "slipway_production.settings",
        "DEBUG": "False",
        "PYTHONPATH": ":".join([*dict.fromkeys(before), str(paths.library)]),
        "PYTHONUNBUFFERED": "1",
        "SLIPWAY_RELEASE": name,
        "SLIPWAY_MANAGE": str(manage),
        "SLIPWAY_CHDIR": str(manage.parent),
        "SLIPWAY_WSGI": wsgi,
        "SLIPWAY_LATE_PATH": ":".join(found.after),
        "SLIPWAY_STATIC_ROOT": str(paths.static),
        "SLIPWAY_MEDIA_ROOT": str(paths.media),
        "SLIPWAY_STATIC_MANIFEST": str(paths.manifest(name)),
    }


def save_variables(paths: Paths, name: str, values: Mapping[str, str]) -> None:
    files.write(paths.release(name) / "release.env", render(values))


def load_variables(paths: Paths, name: str) -> dict[str, str]:
    return parse((paths.release(name) / "release.env").read_text(encoding="utf-8"))
