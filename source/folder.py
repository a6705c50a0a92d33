"""A folder on this machine, as the entries of an archive."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from source import git
from source.archive import Entry, SourceError

# What tools put beside a project and can make again.
LEFT_OUT = {".git", ".hg", ".venv", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}


def entries(app_source: str, project: Path) -> tuple[list[Entry], list[str]]:
    """The files of the folder, and warnings about what was not taken."""
    root = project / Path(app_source).expanduser()
    if not root.is_dir():
        kind = "a file, not a folder" if root.exists() else "not there"
        raise SourceError(
            f"slipway:appSource is {app_source!r}, and {root} is {kind}; give the folder of a Django project (a path "
            "counts from the folder of Pulumi.yaml), or https://host/repository.git#ref."
        )
    return listed_by_git(root) if kept_by_git(root) else (walk(root), [])


def kept_by_git(root: Path) -> bool:
    """Whether a git work tree knows these files: one that ignores the whole folder does not."""
    if shutil.which("git") is None:
        return False
    inside = git.run("rev-parse", "--is-inside-work-tree", folder=root)
    if inside.returncode == 0:
        return inside.stdout.strip() == b"true" and git.run("check-ignore", "-q", ".", folder=root).returncode != 0
    if b"not a git repository" in inside.stderr:
        return False
    raise SourceError(f"slipway:appSource: git cannot read {root}: {git.complaint(inside)}")


def listed_by_git(root: Path) -> tuple[list[Entry], list[str]]:
    """What is tracked or could be: ignored files stay behind."""
    listing = git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=root)
    if listing.returncode != 0:
        raise SourceError(f"slipway:appSource: git cannot list {root}: {git.complaint(listing)}")
    paths = sorted({os.fsdecode(name).rstrip("/") for name in listing.stdout.split(b"\0") if name})
    nested = [path for path in paths if (root / path).is_dir() and not (root / path).is_symlink()]
    warnings = [f"{path} stays behind: it is a git repository of its own (a submodule)." for path in nested]
    return [entry(root, path) for path in paths if is_packable(root / path)], warnings


def walk(root: Path) -> list[Entry]:
    """Every file of a folder that no version control speaks for."""
    found: list[str] = []
    for directory, folders, files in os.walk(root):
        here = Path(directory)
        folders[:] = [name for name in folders if name not in LEFT_OUT and not (here / name / "pyvenv.cfg").exists()]
        links = [name for name in folders if (here / name).is_symlink()]
        found += [(here / name).relative_to(root).as_posix() for name in files + links if is_packable(here / name)]
    return [entry(root, path) for path in found]


def is_packable(path: Path) -> bool:
    """Files and links; not sockets and pipes, and not what the index knows but somebody deleted."""
    return path.is_symlink() or path.is_file()


def entry(root: Path, path: str) -> Entry:
    """One file or link of the folder."""
    file = root / path
    if file.is_symlink():
        return Entry(path=path, link=os.readlink(file))
    return Entry(path=path, content=file, executable=os.access(file, os.X_OK))
