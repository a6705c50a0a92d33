"""A deterministic tar.gz: sorted, without owners and times."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import pulumi

# What every file was last changed at: 1980, the first year that zip files can hold.
MODIFIED = 315532800


class SourceError(pulumi.RunError):
    """Stops the program with one sentence about the source, and no traceback."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A packed tar.gz, and what stands for its content."""

    path: Path
    digest: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file or a symbolic link to pack."""

    path: str  # in the archive, with forward slashes
    executable: bool = False
    content: Path | bytes = b""
    link: str = ""  # where a symbolic link points to; empty for a file


def pack(entries: Iterable[Entry], directory: Path) -> Archive:
    """Writes the archive into `directory`, unless it is there already."""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=directory) as plain:
        with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for entry in sorted(entries, key=lambda entry: entry.path):
                _add(tar, entry)
        plain.seek(0)
        digest = hashlib.file_digest(plain, "sha256").hexdigest()[:24]
        path = directory / f"{digest}.tar.gz"
        if not path.exists():
            plain.seek(0)
            _compress(plain, path)
    return Archive(path=path, digest=digest)


def _compress(plain: IO[bytes], path: Path) -> None:
    """Under another name first: two runs at once, or one that is killed, leave no half of an archive."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as target:
        try:
            with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=6, mtime=0) as compressed:
                shutil.copyfileobj(plain, compressed)
            target.flush()
            os.replace(target.name, path)
        except BaseException:
            os.unlink(target.name)
            raise


def _add(tar: tarfile.TarFile, entry: Entry) -> None:
    member = tarfile.TarInfo(entry.path)
    member.mtime = MODIFIED
    member.mode = 0o755 if entry.executable else 0o644
    if entry.link:
        _refuse_escape(entry)
        member.type, member.linkname = tarfile.SYMTYPE, entry.link
        tar.addfile(member)
    elif isinstance(entry.content, bytes):
        member.size = len(entry.content)
        tar.addfile(member, io.BytesIO(entry.content))
    else:
        with entry.content.open("rb") as file:
            member.size = os.fstat(file.fileno()).st_size
            tar.addfile(member, file)


def _refuse_escape(entry: Entry) -> None:
    """A link out of the source would lead somewhere else, or nowhere, on the host."""
    place = PurePosixPath(entry.path).parent
    depth = 0
    for part in (place / entry.link).parts:
        depth += -1 if part == ".." else 1
        if depth < 0 or entry.link.startswith("/"):
            raise SourceError(
                f"slipway:appSource: {entry.path} is a symbolic link to {entry.link}, out of the source, which "
                "leads nowhere on the host; put the file itself in its place, or leave the link out."
            )
