"""Publishes a release's static files beside those of the releases before it."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from slipway_host import files
from slipway_host.paths import Paths

MANIFEST = "staticfiles.json"
# A page that was opened before a release asks for that release's static files for a while after it: seconds.
VISITORS = 7 * 24 * 3600


def publish(paths: Paths, release: str) -> int:
    """Copies what collectstatic wrote as the app's user to where root keeps it for nginx; nothing is deleted.

    The files of the release that still serves stay as they are: the names of most carry the hash of what is in them,
    and what bears a plain name waits beside it until its release is live (`replace`).
    """
    found = {str(file.relative_to(paths.staging)): file for file in regular_files(paths.staging)}
    found.pop(MANIFEST, None)
    files.write(paths.static_list(release), json.dumps(sorted(found)))
    count = sum(place(file, paths.static / inside) for inside, file in found.items())
    manifest = paths.staging / MANIFEST
    if manifest.is_file() and not manifest.is_symlink():
        files.write(paths.manifest(release), manifest.read_text(encoding="utf-8"))
    return count


def regular_files(folder: Path) -> Iterator[Path]:
    """No links: the app's user wrote them, and root reads them."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def place(file: Path, target: Path) -> int:
    """Puts a file in its place by one rename, or beside another of its name; 0 where the same is there already."""
    temporary = waiting(target)
    if target.is_file() and filecmp.cmp(file, target, shallow=False):
        files.remove(temporary)
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, temporary, follow_symlinks=False)
    temporary.chmod(0o644)
    if not target.exists():
        temporary.replace(target)
    return 1


def waiting(target: Path) -> Path:
    return target.with_name(f".{target.name}.new")


def replace(paths: Paths) -> None:
    """Has what was published last take the place of other files of the same names, by renames alone."""
    for file in regular_files(paths.staging):
        target = paths.static / file.relative_to(paths.staging)
        if waiting(target).is_file():
            waiting(target).replace(target)
    files.remove(paths.staging)


def prune(paths: Paths, kept: set[str]) -> int:
    """Removes the files that only releases had which are gone for longer than VISITORS; returns how many."""
    lists = [paths.static_list(name) for name in kept]
    if any(paths.manifest(name).is_file() and not paths.static_list(name).is_file() for name in kept):
        return 0  # Published before there were lists.
    for path in filter(Path.is_file, lists):
        os.utime(path)
    remembered = {path for path in paths.manifests.glob("*.files") if path.stat().st_mtime > time.time() - VISITORS}
    named = {paths.static / inside for path in remembered for inside in json.loads(path.read_text(encoding="utf-8"))}
    unnamed = [path for path in regular_files(paths.static) if path not in named]
    for path in unnamed:
        files.remove(path)
    for folder, _, _ in os.walk(paths.static, topdown=False):
        if Path(folder) != paths.static and not os.listdir(folder):
            os.rmdir(folder)
    for path in paths.manifests.iterdir():
        if path.with_suffix(".files") not in remembered:
            files.remove(path)
    return len(unnamed)
