"""Which of the two colours serves, and what each of them is made of: symlinks to a release and an environment file."""

from __future__ import annotations

from dataclasses import dataclass

from slipway_host import files
from slipway_host.paths import COLOURS, Paths


@dataclass(frozen=True, kw_only=True)
class Dress:
    """What makes a colour: a release, and the number of the activation whose environment it has. None: it has none."""

    release: str | None
    activation: int | None


BARE = Dress(release=None, activation=None)


def live(paths: Paths) -> str | None:
    """The colour that serves and that boots, None before the first release."""
    colour = files.target(paths.live)
    return colour if colour in COLOURS else None


def other(colour: str | None) -> str:
    return COLOURS[1] if colour == COLOURS[0] else COLOURS[0]


def wears(paths: Paths, colour: str | None) -> Dress:
    """What a colour is made of now."""
    if colour is None:
        return BARE
    release = files.target(paths.colour(colour))
    activation = files.target(paths.environment(colour))
    return Dress(
        release=release.removeprefix("releases/") if release else None,
        activation=int(activation.removeprefix("activations/").removesuffix(".env")) if activation else None,
    )


def dress(paths: Paths, colour: str, wanted: Dress) -> None:
    """Makes a colour that; each of its two parts by one rename."""
    if wanted.activation is None:
        files.remove(paths.environment(colour))
    else:
        files.point(paths.environment(colour), f"activations/{wanted.activation}.env")
    if wanted.release is None:
        files.remove(paths.colour(colour))
    else:
        files.point(paths.colour(colour), f"releases/{wanted.release}")
