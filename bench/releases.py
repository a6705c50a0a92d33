"""What visitors notice of releases: `.venv/bin/python -m bench.releases [--rate 150] [--releases 10]`, as root.

One rehearsal under load without a pause: releases, three in ten of them broken (a module that does not import, a home
page that answers 500, a system check that fails), then rollbacks. A good one is one line changed in a page, brought
out by `rehearse up`. Prints the figures of a scorecard's rows P4, P5, P6, R2 and R3. Seconds of `up` and of
`slipway rollback` are wall clock of the whole command; seconds on the host are what slipway-host notes of itself, and
so is the longest request of its own prober. Here the engine, the visitors and the host share the computer's cores.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.load import Load, Seen
from rehearsal import homes
from tests.rehearsal.rig import Rig, checkout

SLOW_SECONDS = 2.0  # of work of its own that a slow request has
PAGE = "example/guestbook/templates/guestbook/home.html"
VIEWS = "example/guestbook/views.py"
URLS = "example/config/urls.py"
BROKEN = {
    "broken import": (VIEWS, "import no_such_module\n{}"),
    "500 on the home page": (PAGE, "{{% no_such_tag %}}{}"),
    "failing check": (URLS, "{}\nurlpatterns.append(path('x/', None))\n"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One release or rollback, and what visitors noticed of it."""

    kind: str
    seconds: float
    host_seconds: float
    host_longest_ms: float  # of slipway-host's own requests, from before the switch to the end of the watch
    seen: Sequence[Seen]

    @property
    def failed(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.failed]


def add_slow_page(project: Path) -> None:
    """A page that works for two seconds, so that requests are in flight whenever a release is switched."""
    views, urls = project / VIEWS, project / URLS
    views.write_text(
        "import time\nfrom django.http import HttpResponse\n"
        + views.read_text()
        + f"\n\ndef slow(request):\n    time.sleep({SLOW_SECONDS})\n    return HttpResponse('slow')\n"
    )
    urls.write_text(urls.read_text() + "\nurlpatterns.append(path('slow/', views.slow))\n")


def newest(rig: Rig) -> dict[str, Any]:
    """The newest entry of the host's own record."""
    entries: list[dict[str, Any]] = json.loads(rig.on_host("slipway-host", "releases", "--json"))
    return entries[0]


def good_release(rig: Rig, number: int) -> None:
    page = rig.project / PAGE
    page.write_text(page.read_text().replace("</body>", f"<!-- {number} --></body>"))
    rig.up()


def broken_release(rig: Rig, kind: str) -> None:
    name, pattern = BROKEN[kind]
    file = rig.project / name
    text = file.read_text()
    file.write_text(pattern.format(text))
    try:
        run = rig.rehearse("up")
        assert run.code == 1, run.text
    finally:
        file.write_text(text)


def rollback(rig: Rig) -> None:
    slipway = Path(sys.executable).with_name("slipway")
    subprocess.run([slipway, "rollback", "-s", rig.stack], cwd=rig.project, check=True, capture_output=True)


def plan(releases: int) -> list[str]:
    """Three in ten are broken, never the first."""
    broken = list(BROKEN)
    return [broken[number // 3 % 3] if number % 10 in (3, 6, 9) else "one line changed" for number in range(releases)]


def act(rig: Rig, kind: str, number: int) -> tuple[float, float, float, float]:
    began = time.time()
    if kind == "rollback":
        rollback(rig)
    elif kind in BROKEN:
        broken_release(rig, kind)
    else:
        good_release(rig, number)
    ended = time.time()
    noted = newest(rig)
    return began, ended, float(noted["seconds"]), float((noted["measured"] or {}).get("longest_ms", 0))


def measure(rig: Rig, rate: int, slow: int, releases: int, rollbacks: int, enough: int) -> tuple[list[Row], list[Seen]]:
    times = []
    began = time.monotonic()
    with Load(
        address=rig.address, host=rig.host, ca=rig.root, rate=rate, slow=slow, path="/admin/login/", slow_path="/slow/"
    ) as load:
        for number, kind in enumerate([*plan(releases), *["rollback"] * rollbacks]):
            times.append((kind, *act(rig, kind, number)))
            time.sleep(2)
        # Until as many requests have been sent as were asked for, the releases among them.
        time.sleep(max(0.0, enough / rate - (time.monotonic() - began)))
    rows = [
        Row(
            kind=kind,
            seconds=ended - start,
            host_seconds=host,
            host_longest_ms=longest,
            seen=load.between(start, ended),
        )
        for kind, start, ended, host, longest in times
    ]
    return rows, load.seen


def beyond_own_work(seen: Seen) -> float:
    return seen.took - (SLOW_SECONDS if seen.path == "/slow/" else 0.0)


def show(rows: Sequence[Row], seen: Sequence[Seen]) -> None:
    heads = ("n", 3), ("whole s", 9), ("host s", 8), ("requests", 9), ("failed", 7), ("p99 ms", 8), ("longest ms", 11)
    print(" " * 24, *(f"{head:>{width}}" for head, width in (*heads, ("on the host", 12))))
    for kind in dict.fromkeys(row.kind for row in rows):
        of = [row for row in rows if row.kind == kind]
        took = sorted(beyond_own_work(each) * 1000 for row in of for each in row.seen)
        print(
            f"{kind:24} {len(of):3} {statistics.median(row.seconds for row in of):9.1f} "
            f"{statistics.median(row.host_seconds for row in of):8.2f} {len(took):9} "
            f"{sum(len(row.failed) for row in of):7} {took[int(len(took) * 0.99)]:8.0f} {took[-1]:11.0f} "
            f"{max(row.host_longest_ms for row in of) or '':>12}"
        )
    outcomes = {str(each.outcome) for each in seen if each.failed}
    print(f"In all {len(seen)} requests, {sum(each.failed for each in seen)} failed {sorted(outcomes) or ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=150, help="requests a second")
    parser.add_argument("--slow", type=int, default=2, help="visitors of the slow page")
    parser.add_argument("--releases", type=int, default=10)
    parser.add_argument("--rollbacks", type=int, default=3)
    parser.add_argument("--requests", type=int, default=0, help="go on until so many were sent")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(checkout(Path(folder).resolve()))
        add_slow_page(rig.project)
        try:
            rig.up()
            show(*measure(rig, given.rate, given.slow, given.releases, given.rollbacks, given.requests))
        finally:
            if homes.find(rig.project, rig.stack):
                rig.rehearse("destroy", "--discard")


if __name__ == "__main__":
    main()
