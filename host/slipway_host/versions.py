"""Versions of installed packages."""

from __future__ import annotations

import re
from collections.abc import Iterable


def numbers(version: str) -> tuple[int, ...]:
    """`5.2.19rc1` → (5, 2, 19): enough to compare releases."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def installed(folders: Iterable[str]) -> dict[str, str]:
    """`Django-5.2.19.dist-info` → {"django": "5.2.19"}, names normalised as in PEP 503."""
    pairs = (folder.removesuffix(".dist-info").rpartition("-") for folder in folders)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, _, version in pairs}
