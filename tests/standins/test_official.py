"""Where the official command plugin is installed it is at work, and gone afterwards."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.providers import assembly, official

# Serves our own stand-in in a process of its own, as an installed plugin would be.
FAKE = f"""#!{sys.executable}
import os, signal, threading
from pathlib import Path
from rehearsal.providers.assembly import command_stand_in
from rehearsal.providers.standin import serve
server, port = serve(command_stand_in())
Path(__file__).with_name("pid").write_text(str(os.getpid()))
print(port, flush=True)
signal.pause()
"""

INSTALLED = official.find(assembly.VERSIONS["command"])


@pytest.mark.skipif(not INSTALLED, reason="pulumi-resource-command is not installed: only its stand-in is tested")
def test_the_installed_one_serves() -> None:
    assert INSTALLED
    with official.running(INSTALLED) as plugin:
        assert plugin.port


def install(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / official.NAME
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv(
        "PATH", os.pathsep.join(folder for folder in folders if not (Path(folder) / official.NAME).exists())
    )


def test_without_it_there_is_none() -> None:
    assert official.find("1.2.1") is None


def test_it_is_found_among_pulumi_s_plugins(tmp_path: Path) -> None:
    path = install(tmp_path / "pulumi" / "plugins" / "resource-command-v1.2.1", "")
    assert official.find("1.2.1") == path
    assert official.find("1.2.0") is None, "another version is another plugin"


def test_one_on_path_comes_first_as_for_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "pulumi" / "plugins" / "resource-command-v1.2.1", "")
    path = install(tmp_path / "bin", "")
    monkeypatch.setenv("PATH", str(path.parent), prepend=os.pathsep)
    assert official.find("1.2.1") == path


def test_it_tells_its_version_and_ends_with_the_run(tmp_path: Path) -> None:
    path = install(tmp_path, FAKE)
    with official.running(path) as plugin:
        assert (plugin.path, plugin.version) == (path, assembly.VERSIONS["command"])
        process = Path("/proc") / (tmp_path / "pid").read_text()
        assert process.exists()
    assert not process.exists()


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_the_kernel_ends_it_when_the_rehearsal_is_killed(tmp_path: Path) -> None:
    path = install(tmp_path, FAKE)
    script = f"""
import os, signal
from pathlib import Path
from rehearsal.providers import official
with official.running(Path({str(path)!r})):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], timeout=20, check=False)
    process = Path("/proc") / (tmp_path / "pid").read_text() / "stat"
    deadline = time.monotonic() + 10
    while (alive := process.exists() and process.read_text().split()[2] != "Z") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#!/bin/sh\necho 'no such library' >&2\nexit 1\n", "no such library"),
        ("#!/bin/sh\nexit 0\n", "it printed no port"),
    ],
)
def test_a_broken_one_is_named_with_its_own_words(tmp_path: Path, text: str, reason: str) -> None:
    path = install(tmp_path, text)
    with pytest.raises(RehearsalError) as error, official.running(path):
        pass
    assert str(error.value) == (
        f"The installed command plugin {path} does not start: {reason}. Repair it, or remove it: "
        "a rehearsal does without."
    )


def test_the_engine_is_pointed_to_whichever_is_there_and_the_output_says_which(tmp_path: Path) -> None:
    cloud: Any = type("Cloud", (), {"region": "eu-central-1", "account": "123456789012", "hosted_zones": ()})()
    said: list[str] = []
    with assembly.served(cloud, said.append) as providers:
        assert sorted(row.split(":")[0] for row in providers.split(",")) == ["aws", "command", "random", "tls"]
    path = install(tmp_path / "pulumi" / "plugins" / "resource-command-v1.2.1", FAKE)
    with assembly.served(cloud, said.append) as providers:
        assert sorted(row.split(":")[0] for row in providers.split(",")) == ["aws", "command", "random", "tls"]
    assert said == [
        "Steps on hosts go through the stand-in for the official command plugin 1.2.1.",
        f"Steps on hosts go through the official command plugin 1.2.1: {path}",
    ]
