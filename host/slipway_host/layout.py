"""The folders that every release relies on."""

from __future__ import annotations

from slipway_host import building, files
from slipway_host.paths import Paths


def ensure(paths: Paths) -> None:
    """Makes what is missing. Static files are root's and the uploads the app's; nginx reads both."""
    for folder in (paths.app, paths.releases, paths.venvs, paths.static, paths.manifests, paths.media):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    files.own(paths.media, paths.user)
    for folder in (paths.settings, paths.activations, paths.cache):
        folder.mkdir(parents=True, exist_ok=True)
    if paths.builder and paths.cache.owner() != paths.builder:
        building.own(paths.builder, paths.cache, recursive=True)
    paths.activations.chmod(0o700)
