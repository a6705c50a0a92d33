"""The names of the site and of the stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings import Settings

NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
# Becomes a part of a database's identifier, which has at most 63 characters and no two hyphens in a row.
STACK = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_STACK = 30


def findings(settings: Settings) -> Iterator[str]:
    """Findings about domain and hostedZone, each beginning with its key."""
    for key, value in (("domain", settings.domain), ("hostedZone", settings.hosted_zone)):
        if not NAME.fullmatch(value):
            yield f"{key} is {value!r}, which is no DNS name; write it in lower case, like www.example.org."
    if settings.domain != settings.hosted_zone and not settings.domain.endswith(f".{settings.hosted_zone}"):
        yield (
            f"domain is {settings.domain!r}, which lies outside hostedZone {settings.hosted_zone!r}; "
            "name the zone that holds it."
        )
    if settings.www and settings.domain.startswith("www."):
        yield (
            f"www is true while domain is {settings.domain!r}; give the domain without www. (the redirect leads from "
            "www.DOMAIN to it), or set www to false."
        )


def stack_findings(stack: str) -> Iterator[str]:
    """Findings about the name of the stack."""
    if not STACK.fullmatch(stack) or len(stack) > LONGEST_STACK:
        yield (
            f"The stack is named {stack!r}, and RDS would not take a database of that name; name it in small letters, "
            f"digits and single hyphens, at most {LONGEST_STACK} of them, such as pr-42."
        )
