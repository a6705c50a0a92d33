"""The log of what was put into service when: for people and for `rollback`; nothing here decides what serves."""

from __future__ import annotations

import json
import time

from slipway_host import files
from slipway_host.paths import Paths

LONGEST = 200


def record(paths: Paths, *, release: str, colour: str, digest: str, before: str | None) -> None:
    """Adds one activation, the newest last."""
    entry = {
        "release": release,
        "colour": colour,
        "configuration": digest,
        "before": before,
        "activated_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    entries = [*read(paths), entry][-LONGEST:]
    files.write(paths.history, json.dumps(entries, indent=1) + "\n")


def read(paths: Paths) -> list[dict[str, str | None]]:
    """All activations, the oldest first."""
    try:
        entries: list[dict[str, str | None]] = json.loads(files.read(paths.history) or "[]")
    except ValueError:
        return []
    return entries
