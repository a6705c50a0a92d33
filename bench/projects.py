"""What a release of somebody else's project takes: `.venv/bin/python -m bench.projects coldfront==1.1.10`, as root.

Deploys the project's source as it is published, then again and again with one more line in its manage.py. Further
arguments, NAME=VALUE, are variables that it needs (`appEnv`). Seconds of `up` are wall clock of the whole command;
seconds on the host are what slipway-host notes of itself, until the release was live.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.releases import newest
from rehearsal import homes
from tests.rehearsal.rig import Prober, Rig, checkout

RUNS = 5
COUNT = "ls -d /srv/app/releases/*/venv/lib/python*/site-packages/*.dist-info | sed 's:.*/::' | sort -u | wc -l"


def published(requirement: str, folder: Path) -> Path:
    """The unpacked source distribution."""
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*pip, "-d", str(folder), requirement], check=True, timeout=600)
    archive = next(folder.glob("*.tar.gz"))
    shutil.unpack_archive(archive, folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def up(rig: Rig) -> float:
    began = time.monotonic()
    rig.up()
    return time.monotonic() - began


def show(name: str, values: list[float]) -> None:
    print(f"{name:34} {min(values):8.2f} {statistics.median(values):8.2f} {max(values):8.2f}")


def measure(rig: Rig, project: Path) -> None:
    first = up(rig)
    print(f"{rig.on_host('sh', '-c', COUNT).strip()} packages; first `up`, packages and all: {first:.1f} s")
    manage = min(project.rglob("manage.py"), key=lambda path: len(path.parts))
    whole, host = [], []
    with Prober(rig, "/-/health") as prober:
        for number in range(RUNS):
            manage.write_text(manage.read_text() + f"# {number}\n")
            whole.append(up(rig))
            host.append(float(newest(rig)["seconds"]))
    print(f"{f'one line changed, {RUNS} times, seconds':34} {'min':>8} {'median':>8} {'max':>8}")
    show("whole `up`", whole)
    show("on the host, activation to live", host)
    # A health page may lead elsewhere, as a login does.
    failed = [each for each in prober.failed if not each.startswith("3")]
    print(f"{prober.sent} requests meanwhile, {len(failed)} failed")


def main(requirement: str, variables: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        project = published(requirement, place)
        rig = Rig(checkout(place / "checkout"))
        rig.configure(appSource=str(project), appEnv=dict(each.split("=", 1) for each in variables))
        try:
            measure(rig, project)
        finally:
            if homes.find(rig.project, rig.stack):
                rig.rehearse("destroy", "--discard")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
