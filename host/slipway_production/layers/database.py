"""DATABASES from DATABASE_URL, where the project uses a database at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

POSTGRES = "django.db.backends.postgresql"
POSTGIS = "django.contrib.gis.db.backends.postgis"
# What a project says about its database that is about behaviour, not about where the database is.
BEHAVIOUR = ("ATOMIC_REQUESTS", "DISABLE_SERVER_SIDE_CURSORS", "TIME_ZONE")


def layer(settings: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    databases, url = settings.get("DATABASES") or {}, environ.get("DATABASE_URL")
    own = databases.get("default")
    if not own or not url:
        return {}
    return {"DATABASES": {**databases, "default": postgres(own, url, django)}}


def postgres(own: Mapping[str, Any], url: str, django: tuple[int, int]) -> dict[str, Any]:
    """The default database at `url`, with the engine and the behaviour that the project chose."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    own_engine = own.get("ENGINE", "")
    options = {**(own.get("OPTIONS") or {} if is_postgres(own_engine) else {})}
    max_age = int(query.pop("conn_max_age", "600"))
    database = {
        **{name: own[name] for name in BEHAVIOUR if name in own},
        "ENGINE": engine(own_engine),
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        # Django's own pool wants connections that it may give back.
        "CONN_MAX_AGE": 0 if options.get("pool") else max_age,
        "OPTIONS": {**options, **query},
    }
    return {**database, "CONN_HEALTH_CHECKS": True} if django >= (4, 1) else database


def is_postgres(engine: str) -> bool:
    """Also for the likes of postgis, psqlextra and django_prometheus' postgresql."""
    return "postg" in engine or "psql" in engine


def engine(own: str) -> str:
    """A Postgres-like engine of the project stays; any other is replaced."""
    if is_postgres(own):
        return own
    return POSTGIS if ".gis." in own else POSTGRES
