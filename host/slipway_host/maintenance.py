"""Maintenance: a page for visitors that nginx answers with 503, as long as a link to its folder is there."""

from __future__ import annotations

import html
import json
import time
from dataclasses import asdict, dataclass

from slipway_host import files
from slipway_host.errors import Failure
from slipway_host.paths import Paths

RETRY_AFTER = 300
LONGEST = 7 * 24 * 3600
MESSAGE = "We are working on this site and will be back shortly."


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """What visitors are told; `since` is UTC, `retry_after` seconds."""

    since: str
    retry_after: int
    message: str


def on(paths: Paths, retry_after: int = RETRY_AFTER, message: str = MESSAGE) -> Maintenance:
    """Shows the page from the next request on; again with other words, it changes them."""
    if not 1 <= retry_after <= LONGEST:
        raise Failure(f"--retry-after is {retry_after}; give seconds, 1 to {LONGEST}.")
    if not message.strip():
        raise Failure("--message is empty; give visitors a sentence, or leave it out.")
    if any("\ud800" <= character <= "\udfff" for character in message):
        raise Failure("--message is no UTF-8; give it from a terminal that writes UTF-8.")
    before = current(paths)
    since = before.since if before else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    now = Maintenance(since=since, retry_after=retry_after, message=message)
    # nginx takes the seconds of Retry-After from the folder's name: it needs no reload to learn of them.
    folder = paths.maintenance / str(retry_after)
    for path in (paths.maintenance, folder):
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o755)
    files.write(folder / "index.html", page(message))
    files.write(folder / "maintenance.json", json.dumps(asdict(now), indent=1) + "\n")
    files.point(paths.in_maintenance, str(retry_after))
    return now


def off(paths: Paths) -> None:
    """Lets visitors reach the app again."""
    files.remove(paths.in_maintenance)
    files.remove(paths.maintenance)


def current(paths: Paths) -> Maintenance | None:
    """What visitors are told now; None when they reach the app."""
    text = files.read(paths.in_maintenance / "maintenance.json")
    return Maintenance(**json.loads(text)) if text else None


def sentence(now: Maintenance | None) -> str:
    if now is None:
        return "maintenance: off, visitors reach the app"
    return f"maintenance: on since {now.since}, Retry-After {now.retry_after} s, visitors read: {now.message}"


def page(message: str) -> str:
    """The page itself: nothing in it is fetched from elsewhere."""
    return PAGE.format(message=html.escape(message))


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Maintenance</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.125rem/1.6 system-ui, sans-serif; margin: 20vh auto 0; max-width: 36rem; padding: 0 1.5rem; }}
</style>
</head>
<body>
<h1>Maintenance</h1>
<p>{message}</p>
</body>
</html>
"""
