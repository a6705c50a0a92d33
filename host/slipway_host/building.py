"""Lets uv, and code that packages run when they are built, write as a user who owns nothing but what is being made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from slipway_host.errors import Failure, tail
from slipway_host.paths import Paths
from slipway_host.run import run


@contextmanager
def given(paths: Paths, *trees: Path, folders: Sequence[Path] = ()) -> Iterator[None]:
    """The builder's while the body runs, root's afterwards: whole trees, and folders without what is in them."""
    own(paths, paths.builder, trees, folders)
    try:
        yield
    finally:
        own(paths, "root", trees, folders)


def own(paths: Paths, user: str | None, trees: Sequence[Path], folders: Sequence[Path] = ()) -> None:
    if paths.builder is None or user is None:
        return
    for options, places in ((["--recursive"], trees), ([], folders)):
        if places:
            changed = run(["chown", "--no-dereference", *options, user, "--", *places])
            if not changed.ok:
                raise Failure(f"What is being built cannot be given to {user}.", tail(changed.output))
