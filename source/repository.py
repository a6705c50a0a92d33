"""A commit of a git repository, as the entries of an archive."""

from __future__ import annotations

import fcntl
import io
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from source import git
from source.archive import Entry, SourceError

COMMIT = re.compile(r"[0-9a-f]{40}")


def is_address(app_source: str) -> bool:
    """Whether this is a repository's address rather than a path."""
    return "://" in app_source


def entries(app_source: str, cache: Path) -> tuple[list[Entry], list[str]]:
    """The files of the commit that `https://host/repository.git#ref` names, and warnings about what was not taken."""
    address, _, ref = app_source.partition("#")
    if not address.startswith(("https://", "file://")):
        raise SourceError(f"slipway:appSource is {app_source!r}; a repository's address begins with https://.")
    if re.match(r"https://[^/]*@", address):
        raise SourceError(
            "slipway:appSource has a user name or password in its address, which is no place for one; "
            "take it out and let git's credential helper know it."
        )
    with bare_clone(address, cache) as clone:
        commit = resolve(address, ref, clone)
        archived = git.run("archive", "--format=tar", commit, folder=clone)
        if archived.returncode != 0:
            raise SourceError(f"slipway:appSource: git cannot pack {commit} of {address}: {git.complaint(archived)}")
    return list(unpack(archived.stdout)), []


@contextmanager
def bare_clone(address: str, cache: Path) -> Iterator[Path]:
    """The cached clone of an address, for one run at a time."""
    clone = cache / f"{sha256(address.encode()).hexdigest()[:16]}.git"
    cache.mkdir(parents=True, exist_ok=True)
    with clone.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (clone / "HEAD").exists():
            git.run("init", "--quiet", "--bare", str(clone))
        yield clone


def resolve(address: str, ref: str, clone: Path) -> str:
    """The commit of a ref, made sure to be in the clone; an empty ref is the repository's default branch."""
    commit = ref if COMMIT.fullmatch(ref) else advertised(address, ref)
    if git.run("cat-file", "-e", f"{commit}^{{tree}}", folder=clone).returncode == 0:
        return commit
    fetched = git.run("fetch", "--quiet", "--depth=1", "--no-tags", address, commit, folder=clone)
    if fetched.returncode != 0:
        # A server that gives no single commit gives all of its branches and tags.
        everything = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        fetched = git.run("fetch", "--quiet", address, *everything, folder=clone)
    if fetched.returncode != 0 or git.run("cat-file", "-e", f"{commit}^{{tree}}", folder=clone).returncode != 0:
        reason = git.complaint(fetched) if fetched.returncode else "the repository does not have it"
        raise SourceError(f"slipway:appSource: commit {commit} cannot be had from {address}: {reason}")
    return commit


def advertised(address: str, ref: str) -> str:
    """The commit that the server gives for a branch or tag; an annotated tag is followed to its commit."""
    listing = git.run("ls-remote", "--quiet", address)
    if listing.returncode != 0:
        raise SourceError(
            f"slipway:appSource: git cannot read {address}: {git.complaint(listing)}; "
            "check the address, and that git may read it without being asked for a password."
        )
    lines = [line.split("\t") for line in listing.stdout.decode().splitlines()]
    commits = {name: commit for commit, name in lines}
    wanted = [f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}", f"refs/heads/{ref}", ref] if ref else ["HEAD"]
    for name in wanted:
        if name in commits:
            return commits[name]
    raise SourceError(
        f"slipway:appSource: {address} has no branch or tag {ref or 'HEAD'!r}; "
        "give one that it has, or a commit in full (40 digits)."
    )


def unpack(archived: bytes) -> Iterator[Entry]:
    """The files and links of git's own archive."""
    with tarfile.open(fileobj=io.BytesIO(archived)) as tar:
        for member in tar:
            if member.issym():
                yield Entry(path=member.name, link=member.linkname)
            elif member.isfile() and (file := tar.extractfile(member)):
                yield Entry(path=member.name, executable=bool(member.mode & 0o100), content=file.read())
