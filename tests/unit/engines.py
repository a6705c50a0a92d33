"""Machines without network on which an engine is looked for, and fakes of what makes one."""

from pathlib import Path

import pytest

from rehearsal.engine import find_or_build, versions
from rehearsal.engine.cache import Cache, engines
from tests.unit.machine import Machine, bare, script

VERSION = versions.pinned_pulumi()
PULUMI = f"#!/bin/sh\necho v{VERSION}\n"
# Nothing listens on port 1.
CLOSED = "http://127.0.0.1:1"
GO = """#!/bin/sh
echo "$1" >>"$0.calls"
case "$1" in
    env) echo GO_VERSION ;;
    list) echo "go: downloading example.org/a v1.0.0" >&2; echo a; echo b ;;
    build)
        echo a >&2
        BUILD
        while [ "$1" != -o ]; do shift; done
        printf '#!/bin/sh\\necho vMADE\\n' >"$2"
        chmod +x "$2" ;;
esac
"""


def go(version: str = "go1.26.8", build: str = "", made: str = VERSION) -> str:
    """A go that "builds" a pulumi of version `made` in no time; `build` is what it does meanwhile."""
    return GO.replace("GO_VERSION", version).replace("BUILD", build).replace("MADE", made)


def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    return bare(tmp_path, monkeypatch, "sh", "chmod", "sleep")


def find(machine: Machine, releases: str = CLOSED) -> Path:
    """Find or build with this machine's means; `releases` is where the official ones are."""
    return find_or_build(machine.progress, releases=releases)


def cache() -> Cache:
    """The cache of the pinned version."""
    return Cache(version=VERSION, root=engines())


def cached() -> Path:
    """An engine in the cache, put there as the product does."""
    cache().root.mkdir(parents=True, exist_ok=True)
    with cache().drafting() as draft:
        return cache().put(script(draft / "pulumi", PULUMI))


def in_cache() -> list[str]:
    """The names of everything the cache holds."""
    return sorted(path.name for path in engines().iterdir())
