"""Reads the version of Python that a project names in .python-version, as pyenv and uv write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

FILE = ".python-version"
# A patch is left out: the host's own Python gets its patches from Debian.
VERSION = re.compile(r"(?:cpython[-@]?|python-?)?(3\.\d+)(?:\.\d+)?(?:-\S+)?")


def python(folders: Iterable[Path]) -> str | None:
    """Major and minor version ("3.12") by the first folder that has the file; None where that names no CPython."""
    for folder in folders:
        path = folder / FILE
        if path.is_file():
            words = [line.split("#")[0].strip() for line in path.read_text(errors="replace").splitlines()]
            found = VERSION.fullmatch(next(filter(None, words), ""))
            return found[1] if found else None
    return None
