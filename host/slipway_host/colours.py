"""Which of the two colours serves, and what each of them is made of: symlinks and environment files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slipway_host import files
from slipway_host.environment import parse, render
from slipway_host.paths import COLOURS, Paths
from slipway_host.release import Release


@dataclass(frozen=True, kw_only=True)
class Dress:
    """What makes a colour: its release and its environment file. None: it has none yet."""

    release: str | None
    environment: str | None


def live(paths: Paths) -> str | None:
    """The colour that serves and that boots, None before the first release."""
    colour = files.target(paths.live)
    return colour if colour in COLOURS else None


def other(colour: str | None) -> str:
    return COLOURS[1] if colour == COLOURS[0] else COLOURS[0]


def wears(paths: Paths, colour: str) -> Dress:
    """What a colour is made of now."""
    target = files.target(paths.colour(colour))
    release = target.removeprefix("releases/") if target else None
    return Dress(release=release, environment=files.read(paths.environment(colour)))


def dress(paths: Paths, colour: str, wanted: Dress) -> None:
    """Makes a colour that; each of its two parts by one rename."""
    if wanted.environment is None:
        files.remove(paths.environment(colour))
    else:
        files.write(paths.environment(colour), wanted.environment, 0o600)
    if wanted.release is None:
        files.remove(paths.colour(colour))
    else:
        files.point(paths.colour(colour), f"releases/{wanted.release}")


def environment_file(given: str, release: Release, settings: str, digest: str) -> str:
    """A colour's environment file: what was given for the app, and what the release adds to it.

    What manage.py sets comes first, so that what is configured wins; the settings last, so that nothing hides them.
    """
    configured = parse(given)
    own: Mapping[str, str] = {name: value for name, value in release.environment.items() if name not in configured}
    first = f"# Written by slipway-host for release {release.id}, configuration {digest}\n"
    return first + render(own) + given.rstrip("\n") + "\n" + render({"SLIPWAY_BASE_SETTINGS": settings})
