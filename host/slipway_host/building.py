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
    """Whole trees, and folders without what is in them, are the builder's while the body runs; then all is root's."""
    if paths.builder is None:
        yield
        return
    own(paths.builder, *trees, recursive=True)
    own(paths.builder, *folders)
    try:
        yield
    finally:
        # No other's files: those that are linked belong to an environment that serves.
        own("root", *trees, *folders, recursive=True, of=paths.builder)


def own(user: str, *places: Path, recursive: bool = False, of: str = "") -> None:
    """Gives places to a user; with `of` only what is that other user's."""
    options = [*(["--recursive"] if recursive else []), *([f"--from={of}"] if of else [])]
    if places:
        changed = run(["chown", "--no-dereference", *options, user, "--", *places])
        if not changed.ok:
            raise Failure(f"What is being built cannot be given to {user}.", tail(changed.output))
