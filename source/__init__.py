"""The app's source as one archive: the same content gives the same bytes, wherever and whenever it was packed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from source import folder, migrations, repository
from source.archive import Archive, Entry, SourceError, pack

__all__ = ["Archive", "Source", "SourceError", "fetch", "pack_folder"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """The app's archive, and where manage.py lies in it."""

    archive: Archive
    manage: str
    warnings: tuple[str, ...]
    migrations: Mapping[str, migrations.Told] = field(default_factory=dict)  # by app.name

    def release(self, *choices: str) -> str:
        """The id of the release built from this content with these choices: another of either is another release."""
        return sha256("\0".join([self.archive.digest, self.manage, *choices]).encode()).hexdigest()[:12]

    def telling_migrations(self) -> dict[str, str]:
        """Those that do more than add, each with what it does."""
        return {name: told.sentence() for name, told in self.migrations.items() if told.kind != migrations.ADDITIVE}

    def unknown(self, accepted: Sequence[str]) -> list[str]:
        """A warning for each accepted migration that is not in the source; it may be one of an installed package."""
        return [
            f"slipway:acceptMigrations has {name}, which the source does not contain: remove it, unless it is one of "
            "an installed package."
            for name in accepted
            if name not in self.migrations
        ]


def fetch(app_source: str, project: Path) -> Source:
    """Packs what `appSource` names; a path counts from `project`. SourceError says what is wrong with it."""
    cache = cache_directory()
    if repository.is_address(app_source):
        entries, warnings = repository.entries(app_source, cache / "repositories")
    else:
        entries, warnings = folder.entries(app_source, project)
    kept = [entry for entry in entries if Path(entry.path).name != ".env"]
    warnings += [
        f"{entry.path} stays behind, as it may hold secrets: move its values to slipway:appEnv and slipway:appSecrets."
        for entry in entries
        if entry not in kept
    ]
    manage = find_manage(kept, app_source)
    packed = pack(kept, cache)
    return Source(archive=packed, manage=manage, warnings=tuple(warnings), migrations=migrations.read(kept))


def pack_folder(path: Path) -> Archive:
    """Packs a folder of ours as it is."""
    return pack(folder.walk(path), cache_directory())


def find_manage(entries: list[Entry], app_source: str) -> str:
    """The one manage.py that is nearest to the root."""
    found = sorted((entry.path.count("/"), entry.path) for entry in entries if Path(entry.path).name == "manage.py")
    nearest = [path for depth, path in found if depth == found[0][0]]
    if not nearest:
        raise SourceError(
            f"slipway:appSource is {app_source!r}, and there is no manage.py in it; "
            "name the folder or the repository of a Django project."
        )
    if len(nearest) > 1:
        raise SourceError(
            f"slipway:appSource is {app_source!r}, which holds {len(nearest)} Django projects ({', '.join(nearest)}); "
            "name the folder of one of them."
        )
    return nearest[0]


def cache_directory() -> Path:
    """Where archives are kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway" / "sources"
