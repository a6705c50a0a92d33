"""Where the engine is kept between runs, and the proof that it is whole."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rehearsal import caches
from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress


def engines() -> Path:
    """The folder of all cached engines, below XDG_CACHE_HOME."""
    return caches.folder() / "engine"


@dataclass(frozen=True, kw_only=True)
class Cache:
    """One version of the engine: a folder that appears at once, complete, with its checksum."""

    version: str
    root: Path

    @property
    def pulumi(self) -> Path:
        """The command itself."""
        return self.root / self.version / "pulumi"

    @property
    def checksum(self) -> Path:
        """Written with the command, in the format of `b2sum -c`."""
        return self.root / self.version / "pulumi.b2"

    @property
    def draft(self) -> Path:
        """Where a new engine is made: nothing in here is ever trusted by a later run."""
        return self.root / "draft"

    def get(self) -> Path:
        """The cached command, after comparing all of it with its checksum; RehearsalError if absent or damaged."""
        if not self.pulumi.exists():
            raise RehearsalError(f"nothing at {self.pulumi} yet")
        if not self.checksum.exists() or self.checksum.read_text() != _checksum(self.pulumi):
            raise RehearsalError(f"{self.pulumi} is damaged: it does not match its checksum")
        return self.pulumi

    def put(self, made: Path) -> Path:
        """Move a finished command into the cache in one step."""
        complete = self.draft / "complete"
        complete.mkdir()
        made.rename(complete / "pulumi")
        (complete / "pulumi.b2").write_text(_checksum(complete / "pulumi"))
        shutil.rmtree(self.pulumi.parent, ignore_errors=True)
        complete.rename(self.pulumi.parent)
        return self.pulumi

    @contextmanager
    def drafting(self) -> Iterator[Path]:
        """An empty folder to work in, which is gone afterwards, whatever happens."""
        shutil.rmtree(self.draft, ignore_errors=True)
        self.draft.mkdir()
        try:
            yield self.draft
        finally:
            shutil.rmtree(self.draft, ignore_errors=True)

    @contextmanager
    def locked(self, progress: Progress) -> Iterator[int]:
        """One process at a time makes an engine; the others wait and say so. Gives the lock's file descriptor."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            opened = (self.root / "lock").open("a+")
        except OSError as error:
            raise RehearsalError(f"The engine cache {self.root} cannot be written: {error.strerror}.") from None
        with opened as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = f"Process {lock.read().strip() or 'unknown'} is preparing the Pulumi engine"
                progress(f"{holder}: waiting for it.")
                with progress.during(lambda: f"{holder}: waiting"):
                    fcntl.flock(lock, fcntl.LOCK_EX)
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield lock.fileno()


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return f"{hashlib.file_digest(file, 'blake2b').hexdigest()}  pulumi\n"
