"""Changes to files that are there entirely or not at all, whenever the power goes."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Replaces a file by one rename."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.chmod(mode)
    temporary.replace(path)


def point(link: Path, target: str) -> None:
    """Makes `link` a symlink to `target` by one rename."""
    temporary = link.with_name(f".{link.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def target(link: Path) -> str | None:
    """What a symlink says, None where there is none."""
    return os.readlink(link) if link.is_symlink() else None


def read(path: Path) -> str | None:
    """The text of a file, None where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None


def empty(folder: Path, mode: int, owner: str | None = None, group: str | None = None) -> None:
    """A new, empty folder in place of whatever was there."""
    remove(folder)
    folder.mkdir(parents=True)
    folder.chmod(mode)
    own(folder, owner, group)


def own(path: Path, user: str | None, group: str | None = None) -> None:
    """Gives a path to a user, and to `group` or the group of the same name."""
    if user:
        shutil.chown(path, user, group or user)


def remove(path: Path) -> None:
    """Removes whatever is at `path`, if anything."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
