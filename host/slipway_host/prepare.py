"""Builds a release from its source: everything that needs neither the database nor a secret."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from slipway_host import archive, discovery, files, packages, plan, release
from slipway_host.errors import Failure
from slipway_host.layout import ensure
from slipway_host.paths import Paths


def prepare(paths: Paths, name: str, source_archive: Path, manage: str, settings: str = "", wsgi: str = "") -> None:
    """Makes releases/<name> complete, or says that it is. A build that was cut off is begun anew."""
    if release.load(paths, name):
        release.ask_for(paths, name)
        print(f"prepare: release {name} is complete already")
        return
    ensure(paths)
    remove_half_built(paths)
    folder = paths.release(name)
    files.empty(folder, 0o700)
    open_to_app(paths, folder)
    try:
        build(paths, name, source_archive, manage, settings, wsgi)
    except BaseException:
        files.remove(folder)
        raise


def build(paths: Paths, name: str, source_archive: Path, manage: str, settings: str, wsgi: str) -> None:
    """Everything in its final place, since a virtual environment cannot be moved; release.json last."""
    folder = paths.release(name)
    source = folder / "src"
    archive.unpack(source_archive, source)
    script = find_manage(source, manage)
    chosen = plan.decide(source, script)

    venv = packages.installed(paths, folder, chosen)
    found = venv.installed()
    print(f"prepare: Django {found['django']} and {len(found) - 1} more packages from {chosen.said}")

    seen = discovery.discover(paths, venv.python, script, settings)
    print(f"prepare: settings {' or '.join(seen.candidates)}")
    for file in sorted(source.rglob(".env")):
        print(f"prepare: the source contains {file.relative_to(source)}; what it says is read by the app too")

    venv.compile(source, paths.library / "slipway_production")
    release.save_variables(paths, name, release.variables(paths, name, script, wsgi, seen))
    done = release.Release(
        id=name,
        manage=str(script),
        candidates=seen.candidates,
        environment=dict(seen.environment),
        packages=found,
    )
    os.sync()  # What says that the release is complete must not outlive its files when the power goes.
    release.save(paths, done)
    print(f"prepare: release {name} is complete")


def remove_half_built(paths: Paths) -> None:
    """What builds that were cut off have left. The lock is held: nobody else is building."""
    for folder in paths.releases.iterdir():
        if release.load(paths, folder.name) is None:
            files.remove(folder)
    packages.remove_half_built(paths)


def find_manage(source: Path, manage: str) -> Path:
    """manage.py inside the unpacked source."""
    script = source / manage
    if not script.is_file() or not script.resolve().is_relative_to(source.resolve()):
        raise Failure(f"There is no {manage} in the project: appSource must lead to a Django project with a manage.py.")
    return script


def open_to_app(paths: Paths, folder: Path) -> None:
    """The app's user may read a release; nobody but root may write to it."""
    if paths.user:
        shutil.chown(folder, "root", paths.user)
    folder.chmod(0o750)
