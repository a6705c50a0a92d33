"""How long a rehearsal takes, caches warm: `.venv/bin/python -m bench.rehearsal [RUNS]`, as root.

Prints a table of seconds, wall clock of whole processes: from nothing to the first 200 over HTTPS, `up` again without
a change (and the SSH connections it opened), one changed value, a one-line change of the project, `destroy`.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rehearsal import homes, network
from tests.rehearsal.rig import Prober, Rig, checkout


def seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def first_page(rig: Rig) -> None:
    rig.up()
    assert rig.get().status == 200


def once(rig: Rig) -> dict[str, float]:
    """One round of everything; the values are seconds, or counts where the name says so."""
    row = {"nothing → first 200": seconds(lambda: first_page(rig))}
    before = network.ssh_connections(rig.home)
    row["again, no change"] = seconds(rig.up)
    row["again: SSH connections (count)"] = network.ssh_connections(rig.home) - before
    rig.configure(workers=2)
    with Prober(rig) as prober:
        row["workers: 3 → 2"] = seconds(rig.up)
        page = next((rig.project / "example").rglob("templates/**/*.html"))
        page.write_text(page.read_text().replace("Guestbook", "Book of guests"))
        row["one line of the project changed"] = seconds(rig.up)
    row["requests meanwhile (count)"] = prober.sent
    row["failed meanwhile (count)"] = len(prober.failed)
    row["destroy"] = seconds(lambda: rig.rehearse("destroy"))
    return row


def main(runs: int) -> None:
    rows = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            rig = Rig(checkout(Path(folder).resolve()))
            try:
                rows.append(once(rig))
            finally:
                if homes.find(rig.project, rig.stack):
                    rig.rehearse("destroy", "--discard")
    print(f"{'':34} {'min':>8} {'median':>8} {'max':>8}   ({runs} runs)")
    for name in rows[0]:
        values = [row[name] for row in rows]
        print(f"{name:34} {min(values):8.1f} {statistics.median(values):8.1f} {max(values):8.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3)
