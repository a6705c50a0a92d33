"""The packages of a release: a virtual environment of its own, or one that releases with the same lists share."""

from __future__ import annotations

import os
from pathlib import Path

from slipway_host import building, files, sharing
from slipway_host.paths import Paths
from slipway_host.plan import Plan
from slipway_host.venv import Venv, registries

COMPLETE = "complete"  # the file that says so, written last
LOCK = ".lock"  # uv's, which everybody may write to
SHARED = "packages"  # in a release's folder: leads to what its own environment was copied from


def installed(paths: Paths, folder: Path, plan: Plan) -> Venv:
    """The environment of the release in `folder`, which reaches it as `venv`."""
    name = sharing.name(paths, plan, registries())
    own = Venv(path=folder / "venv", paths=paths)
    source = folder / "src"
    if name is None:
        own.path.mkdir()
        with building.given(paths, own.path, source):
            fill(own, plan, folder)
            install_project(own, plan)
        finish(own)
        return own
    shared = completed(Venv(path=paths.venvs / name, paths=paths), plan, folder)
    if not plan.package:
        own.path.symlink_to(shared.path)
        return shared
    (folder / SHARED).symlink_to(shared.path)
    own.copy(shared)
    files.remove(own.path / COMPLETE)
    # Not the files of it, which are the shared one's, too.
    with building.given(paths, source, folders=own.folders):
        install_project(own, plan)
    files.remove(own.path / LOCK)
    return own


def completed(shared: Venv, plan: Plan, folder: Path) -> Venv:
    """The environment that releases with the same lists share, made where none of them has made it yet."""
    if (shared.path / COMPLETE).is_file():
        print("prepare: the packages are those of a release before")
        return shared
    files.remove(shared.path)
    shared.path.mkdir()
    try:
        with building.given(shared.paths, shared.path):
            fill(shared, plan, folder)
        finish(shared)
        os.sync()  # As for releases: its mark must not outlive its files.
        files.write(shared.path / COMPLETE, "")
    except BaseException:
        files.remove(shared.path)
        raise
    return shared


def fill(venv: Venv, plan: Plan, scratch: Path) -> None:
    """Everything in its final place, but the project itself."""
    venv.create(plan)
    left_out = venv.install(plan, scratch)
    for addition in venv.add_missing(psycopg2_left_out=left_out):
        print(f"prepare: added {addition}")


def finish(venv: Venv) -> None:
    """Read-only from here on."""
    files.remove(venv.path / LOCK)
    venv.compile(venv.path / "lib")


def install_project(venv: Venv, plan: Plan) -> None:
    """In place, where the project is a package: then each release has an environment of its own."""
    not_built = venv.install_package(plan)
    if not_built:
        print(f"prepare: the project could not be installed as a package, which it may not need: {not_built}")


def used(folder: Path) -> set[Path]:
    """The shared environments that the release in `folder` needs."""
    return {path.resolve() for path in (folder / "venv", folder / SHARED) if path.is_symlink()}


def remove_half_built(paths: Paths) -> None:
    for folder in paths.venvs.iterdir():
        if not (folder / COMPLETE).is_file():
            files.remove(folder)
