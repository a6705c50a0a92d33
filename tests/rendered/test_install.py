"""The script that puts slipway-host on a host, run in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from components.rendering import render_text

# mv as of coreutils 9.5: it tells what it was asked for, and exchanges.
EXCHANGING = """#!/bin/sh
echo "$*" >> "$LOG"
[ "$2" = --exchange ] || exec /bin/mv "$@"
/bin/mv "$4" "$4.aside" && /bin/mv "$3" "$4" && /bin/mv "$4.aside" "$3"
"""
WITHOUT = """#!/bin/sh
[ "$2" != --exchange ] || exit 1
exec /bin/mv "$@"
"""


def installed(root: Path, version: str, mv: str) -> str:
    """Runs the script for a package of this version; the version that is then installed."""
    package = root / "package"
    for folder in ("slipway_host", "slipway_production", "bin"):
        (package / folder).mkdir(parents=True, exist_ok=True)
    (package / "bin/slipway-host").write_text(version)
    with tarfile.open(root / "package.tar.gz", "w:gz") as tar:
        tar.add(package, ".")
    (root / "lib").mkdir(exist_ok=True)
    (root / "mv").write_text(mv)
    (root / "mv").chmod(0o755)
    script = render_text("slipway-host/install.sh.j2", archive=str(root / "package.tar.gz"))
    script = script.replace("/usr/local/lib", f"{root}/lib").replace("/usr/local/bin", str(root))
    environment = {"PATH": f"{root}:{os.environ['PATH']}", "LOG": str(root / "log")}
    subprocess.run(["sh", "-euc", script], env=environment, check=True)
    assert [path.name for path in (root / "lib").iterdir()] == ["slipway"], "nothing is left beside it"
    return (root / "slipway-host").read_text()


@pytest.mark.parametrize("mv", [EXCHANGING, WITHOUT], ids=["exchanging", "not exchanging"])
def test_another_version_takes_the_place_of_the_one_before(tmp_path: Path, mv: str) -> None:
    assert [installed(tmp_path, version, mv) for version in ("1", "2", "2")] == ["1", "2", "2"]


def test_where_mv_can_exchange_there_is_no_moment_without_one(tmp_path: Path) -> None:
    for version in ("1", "2"):
        installed(tmp_path, version, EXCHANGING)
    new, library = f"{tmp_path}/lib/slipway.new", f"{tmp_path}/lib/slipway"
    assert (tmp_path / "log").read_text().splitlines() == [f"{new} {library}", f"-T --exchange {new} {library}"]
