"""Get hold of a `pulumi` command, the cheapest way that works."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from rehearsal.engine import versions
from rehearsal.engine.build import build
from rehearsal.engine.cache import Cache, engines
from rehearsal.engine.download import RELEASES, download
from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress


def find_or_build(progress: Progress, *, releases: str = RELEASES) -> Path:
    """A pulumi that is new enough: on PATH, cached, downloaded or built. RehearsalError tells of all four tries."""
    version = versions.pinned_pulumi()
    cache = Cache(version=version, root=engines())
    refusals: list[str] = []
    for place, get in (("PATH", _on_path), ("Cache", cache.get)):
        try:
            return get()
        except RehearsalError as refusal:
            refusals.append(f"{place}: {refusal}.")
    with cache.locked(progress) as lock:
        try:
            # The process that held the lock until now may have made it.
            return cache.get()
        except RehearsalError:
            progress(f"Getting pulumi {version}. {' '.join(refusals)}")
        ways: tuple[tuple[str, Callable[[Path], Path]], ...] = (
            ("Official download", lambda draft: download(version, draft, progress, releases)),
            ("Go build", lambda draft: build(version, draft, progress, lock)),
        )
        for way, make in ways:
            try:
                with cache.drafting() as draft:
                    return cache.put(_proven(make(draft), version))
            except (RehearsalError, OSError) as refusal:
                refusals.append(f"{way}: {refusal}.")
                progress(refusals[-1])
    oldest = versions.written(versions.OLDEST_PULUMI)
    raise RehearsalError(
        f"There is no Pulumi engine to rehearse with. {' '.join(refusals)} "
        f"Install pulumi {oldest} or newer, or clear one of these ways, and run this again."
    )


def _on_path() -> Path:
    here = shutil.which("pulumi")
    if not here:
        raise RehearsalError("there is no pulumi command")
    version = versions.parse(_version(Path(here)))
    if version is None or version < versions.OLDEST_PULUMI:
        oldest = versions.written(versions.OLDEST_PULUMI)
        found = versions.written(version) if version else "of unknown version"
        raise RehearsalError(f"{here} is {found}, and {oldest} is needed")
    return Path(here)


def _proven(pulumi: Path, version: str) -> Path:
    """The new command, once it has run and said its version."""
    if (said := _version(pulumi).strip()) != f"v{version}":
        raise RehearsalError(f"the new command does not run, or is not v{version}: it says {said!r}")
    return pulumi


def _version(pulumi: Path) -> str:
    with tempfile.TemporaryDirectory() as home:
        # It writes a log into its home: not into the user's.
        apart = {"PULUMI_HOME": home, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        try:
            return subprocess.run(
                [str(pulumi), "version"],
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
                env=os.environ | apart,
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            return ""
