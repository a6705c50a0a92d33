"""What a change of credentials must not do to the release that serves, and what it has to learn before."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from slipway_host import activations, colours, history, rules, switch
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.psql import Login
from slipway_host.services import Services
from slipway_host.settling import settle
from slipway_host.watching.watch import Watch

FALLBACKS = "SECRET_KEY_FALLBACKS"
# Seconds: it is the release that served already, and the next switch follows, which is watched as long as wanted.
WATCH = 0.5


def serving(paths: Paths) -> dict[str, str]:
    """The variables of what serves; none before the first release."""
    return activations.environment(paths, activations.live(paths))


def login(values: Mapping[str, str]) -> Login | None:
    """The role that a release uses, and its password; None where it was given no database."""
    parts = urlsplit(values.get("DATABASE_URL", ""))
    return Login(user=unquote(parts.username), password=unquote(parts.password or "")) if parts.username else None


def keys(values: Mapping[str, str]) -> list[str]:
    """The key that signs, then those that are still accepted."""
    return [key for key in (values.get("SECRET_KEY", ""), *values.get(FALLBACKS, "").split(",")) if key]


def generations(values: Mapping[str, str]) -> dict[str, int]:
    """How far the rotations of what serves have come; 1 for a release from before there were any."""
    names = zip(("secretKey", "databasePassword"), activations.GENERATIONS, strict=True)
    return {secret: int(values.get(variable, "1")) for secret, variable in names}


def check_password(live: Mapping[str, str], wanted: Login, generation: int) -> None:
    """Refuses another password for the role that serves, whose next connection would fail, and a retired one."""
    used = login(live)
    if used is None:
        return
    if used.user == wanted.user and used.password != wanted.password:
        raise Failure(skipped("databasePassword", "The site would lose its database", live))
    now = generations(live)["databasePassword"]
    if generation not in (now, now + 1):
        raise Failure(skipped("databasePassword", "That is no rotation", live))


def introduce(paths: Paths, services: Services, wanted: Mapping[str, str]) -> None:
    """Lets what serves accept a new SECRET_KEY before anything signs with it.

    While one colour takes over from the other, a visitor meets both. Django signs a session anew at its first request,
    and knows nobody by a key that it does not accept. Refuses keys among which the one that signs now is not.
    """
    live = serving(paths)
    known = keys(live)
    if known and known[0] not in keys(wanted):
        raise Failure(skipped("secretKey", "Everybody would be logged out", live))
    colour = colours.live(paths)
    if colour is None or not services.active(colour) or wanted.get("SECRET_KEY") in (None, *known):
        return
    variables = {**live, FALLBACKS: ",".join([wanted["SECRET_KEY"], *known[1:]])}
    release = colours.wears(paths, colour).release or ""
    reason = "to accept the next SECRET_KEY before it signs"
    change = switch.Change(release=release, variables=variables, kind=history.ROTATION, reason=reason)
    kept_to = rules.read(paths)
    trouble = switch.hand_over(paths, services, change, Watch(paths, kept_to, WATCH))
    if trouble:
        settle(paths, services, kept_to)
        raise Failure(trouble)


def skipped(secret: str, harm: str, live: Mapping[str, str]) -> str:
    now = generations(live)[secret]
    return (
        f"{harm}: what serves is of generation {now}, and its secret is not among those that this update brings. "
        f"Set slipway:{secret}Generation to {now}, or to {now + 1} to rotate: it can rise by one at a time."
    )
