"""Publishes a release's static files beside those of the releases before it."""

from __future__ import annotations

import filecmp
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from slipway_host import files
from slipway_host.paths import Paths

MANIFEST = "staticfiles.json"


def publish(paths: Paths, release: str) -> int:
    """Copies what collectstatic wrote as the app's user to where root keeps it for nginx; nothing is deleted.

    The files of a release that still serves stay: their names carry the hash of what is in them.
    """
    count = 0
    for file in regular_files(paths.staging):
        inside = file.relative_to(paths.staging)
        if inside != Path(MANIFEST):
            count += place(file, paths.static / inside)
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
    """Puts a file in its place by one rename; 0 where the same is there already."""
    if target.is_file() and filecmp.cmp(file, target, shallow=False):
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.new")
    shutil.copyfile(file, temporary, follow_symlinks=False)
    temporary.chmod(0o644)
    temporary.replace(target)
    return 1
