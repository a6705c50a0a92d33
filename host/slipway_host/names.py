"""Names that go into SQL as they are."""

from __future__ import annotations

import re

from slipway_host.errors import Failure

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def checked_sql(name: str) -> str:
    """The name of a role or a database."""
    if not NAME.fullmatch(name):
        raise Failure(f"{name!r} is no name for a database or a role: small letters, digits and underscores.")
    return name
