"""What every release needs and a project may lack: an application server and a Postgres driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from slipway_host.errors import Failure
from slipway_host.versions import numbers

FOLDER = Path(__file__).with_name("additions")
BINARY = "psycopg2-binary"
DRIVERS = ("psycopg", "psycopg2", "psycopg2-binary")
# The first gunicorn that needs no pkg_resources, which Python 3.12 and newer no longer bring.
OLDEST_GUNICORN = (20, 1)


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A requirements file of ours, pinned and hashed, and the sentence that says why it is installed."""

    file: str
    said: str


def wanted(installed: Mapping[str, str], *, compiled: bool = False) -> list[Addition]:
    """What to add to these packages. A gunicorn that the project pins stays, unless it cannot run here.

    `compiled`: the project asked for psycopg2 itself, which would have to be compiled; its binary twin takes its place.
    """
    if "django" not in installed:
        raise Failure("What the project asks to install does not contain Django: add it to its requirements.")
    found = []
    gunicorn = installed.get("gunicorn")
    if gunicorn is None:
        found.append(Addition(file="gunicorn.txt", said="gunicorn"))
    elif numbers(gunicorn) < OLDEST_GUNICORN:
        found.append(Addition(file="gunicorn.txt", said=f"a gunicorn newer than {gunicorn}, which cannot run here"))
    if not any(driver in installed for driver in DRIVERS):
        # Django reads psycopg 3 since 4.2.
        new = numbers(installed["django"]) >= (4, 2) and not compiled
        found.append(
            Addition(file="psycopg.txt", said="psycopg") if new else Addition(file="psycopg2.txt", said=BINARY)
        )
    return found
