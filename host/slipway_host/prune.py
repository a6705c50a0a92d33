"""Removes what nobody can go back to any more: releases, their environments and packages, and static files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from slipway_host import colours, files, history, packages, release, static
from slipway_host.paths import COLOURS, Paths


def prune(paths: Paths, keep: int) -> None:
    """Keeps the last `keep` releases that served, as many that were prepared, and what the colours wear."""
    kept = releases_to_keep(paths, keep)
    folders = [folder for folder in paths.releases.iterdir() if folder.name not in kept]
    for folder in folders:
        # First what makes it complete: half a release is none.
        remove(folder, folder / "release.json")
    unused = unused_venvs(paths)
    for folder in unused:
        remove(folder, folder / packages.COMPLETE)
    environments = unused_environments(paths, kept, keep)
    for path in [*environments, *needless_archives(paths, kept)]:
        files.remove(path)
    counts = {
        "releases": len(folders),
        "virtual environments": len(unused),
        "configurations": len(environments),
        "static files": static.prune(paths, kept),
    }
    removed = [f"{count} {what}" for what, count in counts.items() if count]
    if removed:
        print(f"prune: removed {', '.join(removed)}")


def remove(folder: Path, mark: Path) -> None:
    files.remove(mark)
    files.remove(folder)


def releases_to_keep(paths: Paths, keep: int) -> set[str]:
    complete = {folder.name for folder in paths.releases.iterdir() if release.load(paths, folder.name)}
    served = dict.fromkeys(entry.release for entry in reversed(history.read(paths)) if entry.served)
    worn = {colours.wears(paths, colour).release for colour in COLOURS}
    # The program does not prepare them again: about to go live, or refused and to be tried otherwise configured.
    newest = sorted(complete, key=lambda name: release.asked_for(paths, name))[-keep:]
    return (complete & worn) | {*[name for name in served if name in complete][:keep], *newest}


def unused_environments(paths: Paths, kept: set[str], keep: int) -> Sequence[Path]:
    """All but the newest `keep` configurations of each kept release, and those that the colours wear."""
    numbers = {colours.wears(paths, colour).activation for colour in COLOURS}
    served = [entry for entry in history.read(paths) if entry.served]
    for name in kept:
        numbers |= set([entry.number for entry in served if entry.release == name][-keep:])
    used = {paths.activation(number) for number in numbers if number is not None}
    return [path for path in paths.activations.iterdir() if path not in used]


def unused_venvs(paths: Paths) -> Sequence[Path]:
    """Shared virtual environments that no release leads to."""
    used = {path for folder in paths.releases.iterdir() for path in packages.used(folder)}
    return [folder for folder in paths.venvs.iterdir() if folder.resolve() not in used]


def needless_archives(paths: Paths, kept: set[str]) -> Sequence[Path]:
    """Uploads of releases that are complete."""
    return [path for name in kept if (path := paths.uploads / f"{name}.tar.gz").exists()]
