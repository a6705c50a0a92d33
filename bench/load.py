"""Visitors: so many requests a second over kept connections, and some that take their time, each of them noted.

`python -m bench.load --address A --host H --ca FILE --rate 150 --slow 2` runs until its standard input ends, then
prints one JSON line a request: [seconds since the epoch at its start, seconds it took, status or error, path].
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
# Of one connection, so that its requests do not wait for each other: a page takes milliseconds.
RATE_OF_ONE = 10
SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One request of a visitor. Times are in seconds, `began` since 1970."""

    began: float
    took: float
    outcome: int | str  # the status, or what went wrong
    path: str

    @property
    def failed(self) -> bool:
        return self.outcome != 200


class Load:
    """Visitors in a process of their own, for as long as the body runs; afterwards, what they saw."""

    def __init__(self, *, address: str, host: str, ca: Path, rate: int, slow: int, path: str, slow_path: str) -> None:
        self.seen: list[Seen] = []
        self._command = [sys.executable, "-m", "bench.load", "--address", address, "--host", host, "--ca", str(ca)]
        self._command += ["--rate", str(rate), "--slow", str(slow), "--path", path, "--slow-path", slow_path]

    def __enter__(self) -> Load:
        self._process = subprocess.Popen(
            self._command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        text, _errors = self._process.communicate()
        rows = [json.loads(line) for line in text.splitlines()]
        self.seen = [Seen(began=row[0], took=row[1], outcome=row[2], path=row[3]) for row in rows]

    def between(self, began: float, ended: float) -> list[Seen]:
        """The requests that were under way at any time between two moments."""
        return [seen for seen in self.seen if seen.began < ended and seen.began + seen.took > began]


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where visitors go."""

    address: str
    host: str
    trusted: ssl.SSLContext

    @contextlib.contextmanager
    def connection(self) -> Iterator[http.client.HTTPSConnection]:
        """To the address under the site's name, which the computer's own resolver need not know."""
        site = self

        class Connection(http.client.HTTPSConnection):
            def connect(self) -> None:
                plug = socket.create_connection((site.address, 443), timeout=SECONDS)
                self.sock = site.trusted.wrap_socket(plug, server_hostname=site.host)

        with contextlib.closing(Connection(self.host, timeout=SECONDS)) as connection:
            yield connection


def visit(site: Site, path: str, pause: float, ended: threading.Event, seen: list[tuple[object, ...]]) -> None:
    """One visitor: a request every `pause` seconds, later where the one before took longer; no request is repeated."""
    with site.connection() as connection:
        due = time.monotonic()
        while not ended.wait(max(0.0, due - time.monotonic())):
            due = max(due + pause, time.monotonic() - pause)
            began, start = time.time(), time.monotonic()
            outcome = ask(connection, path)
            seen.append((began, time.monotonic() - start, outcome, path))


def ask(connection: http.client.HTTPSConnection, path: str) -> int | str:
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return repr(error)
    return answer.status


def crowd(site: Site, visitors: Iterable[tuple[str, float]]) -> list[tuple[object, ...]]:
    """All visitors at once, until standard input ends."""
    ended, seen = threading.Event(), list[tuple[object, ...]]()
    threads = [threading.Thread(target=visit, args=(site, *visitor, ended, seen)) for visitor in visitors]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, of in (("address", str), ("host", str), ("ca", Path), ("rate", int), ("slow", int)):
        parser.add_argument(f"--{name}", type=of, required=True)
    parser.add_argument("--path", default="/")
    parser.add_argument("--slow-path", default="/slow/")
    given = parser.parse_args()
    site = Site(address=given.address, host=given.host, trusted=ssl.create_default_context(cafile=given.ca))
    count = max(1, given.rate // RATE_OF_ONE)
    visitors = [(given.path, count / given.rate)] * count + [(given.slow_path, 0.0)] * given.slow
    for row in crowd(site, visitors):
        print(json.dumps(row))


if __name__ == "__main__":
    main()
