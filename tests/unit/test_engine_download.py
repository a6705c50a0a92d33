"""The official release is taken when it matches its published checksum, and only then."""

import hashlib
import http.server
import os
import socket
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.engine import download
from rehearsal.errors import RehearsalError
from tests.unit.engines import PULUMI, VERSION, cache, find, go, in_cache, offline
from tests.unit.machine import Machine, script


def archive_name() -> str:
    return f"pulumi-v{VERSION}-linux-{download.ARCHITECTURES[os.uname().machine]}.tar.gz"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return offline(tmp_path, monkeypatch)


@pytest.fixture
def releases(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A release server: its address, and the folder of the pinned release with its archive and checksum list."""
    folder = tmp_path / "releases" / f"v{VERSION}"
    script(tmp_path / "unpacked" / "pulumi", PULUMI)
    folder.mkdir(parents=True)
    with tarfile.open(folder / archive_name(), "w:gz") as tar:
        tar.add(tmp_path / "unpacked", "pulumi")
    digest = hashlib.sha256((folder / archive_name()).read_bytes()).hexdigest()
    listing = folder / f"pulumi-{VERSION}-checksums.txt"
    listing.write_text(f"{'0' * 64}  pulumi-v{VERSION}-windows-x64.zip\n{digest}  {archive_name()}\n")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, request: socket.socket, client: object, server: http.server.HTTPServer) -> None:
            super().__init__(request, client, server, directory=str(folder.parent))

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()


def test_the_official_release_is_unpacked_when_it_matches_its_published_checksum(
    machine: Machine, releases: tuple[str, Path]
) -> None:
    machine.has("go", go())
    assert find(machine, releases[0]) == cache().get()
    assert machine.calls("go") == [], "go was asked although the download worked"
    assert not cache().draft.exists()


def test_a_release_that_does_not_match_is_thrown_away(machine: Machine, releases: tuple[str, Path]) -> None:
    address, folder = releases
    with (folder / archive_name()).open("ab") as archive:
        archive.write(b"more")
    published = (folder / f"pulumi-{VERSION}-checksums.txt").read_text().splitlines()[1].split()[0]
    with pytest.raises(RehearsalError) as refused:
        find(machine, address)
    url = f"{address}/v{VERSION}/{archive_name()}"
    sentence = f"Official download: {url} does not match its published SHA-256 {published}: it was thrown away."
    assert sentence in str(refused.value)
    assert in_cache() == ["lock"]


def test_a_release_that_is_not_published_is_not_downloaded(machine: Machine, releases: tuple[str, Path]) -> None:
    address, folder = releases
    listing = folder / f"pulumi-{VERSION}-checksums.txt"
    listing.write_text("")
    with pytest.raises(RehearsalError, match=f"Official download: {address}/.* does not list {archive_name()}"):
        find(machine, address)
    listing.unlink()
    with pytest.raises(RehearsalError, match=r"Official download: .*-checksums.txt answers 404\."):
        find(machine, address)


def test_a_release_without_the_command_is_told(machine: Machine, releases: tuple[str, Path]) -> None:
    address, folder = releases
    with tarfile.open(folder / archive_name(), "w:gz"):
        pass
    digest = hashlib.sha256((folder / archive_name()).read_bytes()).hexdigest()
    (folder / f"pulumi-{VERSION}-checksums.txt").write_text(f"{digest}  {archive_name()}\n")
    with pytest.raises(RehearsalError, match=f"Official download: {archive_name()} cannot be unpacked"):
        find(machine, address)


def test_a_network_that_swallows_everything_does_not_hold_the_build_up(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "REACHED_WITHIN", 0.2)
    machine.has("go", go())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert find(machine, address) == cache().get()
    assert f"Official download: {address}/" in machine.said.getvalue()
