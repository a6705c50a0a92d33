"""Unpacks a release's source: plain files that belong to root, nothing outside the folder."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from pathlib import Path

from slipway_host.errors import Failure


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a .tar.gz into a new folder. Everybody may read it, only its owner may write to it."""
    folder.mkdir(parents=True)
    try:
        with gzip.open(archive) as stream:
            with tarfile.open(fileobj=stream, mode="r:") as tar:
                tar.extractall(folder, filter=plain)
            while stream.read(2**16):
                pass  # The checksum is at its end, where tar does not look.
    except FileNotFoundError:
        raise Failure(f"The archive {archive} is not on this host: upload it again.") from None
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Failure(f"The archive {archive} cannot be unpacked ({error}): upload it again.") from None


def plain(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """Python's own filter against paths and links that lead out, then one kind of permissions."""
    checked = tarfile.data_filter(member, folder)
    executable = checked.isdir() or bool((checked.mode or 0) & 0o100)
    return checked.replace(mode=0o755 if executable else 0o644, deep=False)
