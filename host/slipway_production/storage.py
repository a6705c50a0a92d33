"""Hashed static files that do not fail on a reference to a file that does not exist."""

from __future__ import annotations

import os
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

MANIFEST = "SLIPWAY_STATIC_MANIFEST"


class StaticFiles(ManifestStaticFilesStorage):
    """Manifest storage whose manifest belongs to one release, while the files of all releases lie side by side."""

    manifest_strict = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.missing: set[str] = set()
        super().__init__(*arguments, **options)

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name itself where the file is missing: three projects of fourteen have such a url() in their CSS."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            self.missing.add(name)
            return name

    def read_manifest(self) -> str | None:
        """The manifest that this release's own collectstatic wrote."""
        path = os.environ.get(MANIFEST)
        if not path:
            found: str | None = super().read_manifest()
            return found
        try:
            with open(path, encoding="utf-8") as manifest:
                return manifest.read()
        except FileNotFoundError:
            return None
