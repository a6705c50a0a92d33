"""The official command plugin: where it is installed, it is at work instead of our stand-in."""

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from rehearsal.errors import RehearsalError

NAME = "pulumi-resource-command"
START_SECONDS, END_SECONDS = 15, 5


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A plugin that is serving, on a port of the loopback address."""

    path: Path
    version: str
    port: int


def find(version: str) -> Path | None:
    """The plugin, where the official engine would find it: on PATH, else in Pulumi's folder of plugins."""
    if on_path := shutil.which(NAME):
        return Path(on_path)
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    path = home / "plugins" / f"resource-command-v{version}" / NAME
    return path if os.access(path, os.X_OK) else None


@contextmanager
def running(path: Path) -> Iterator[Plugin]:
    """The plugin at work, and ended afterwards, by the kernel if need be; RehearsalError if it does not start."""
    # No engine's address is given: the plugin waits for the engine to attach itself.
    command = [str(path)]
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig=KILL", "--", *command]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said) as process,
    ):
        try:
            port = _port(process)
            if port is None:
                said.seek(0)
                last = said.read().decode(errors="replace").strip().splitlines()[-1:] or ["it printed no port"]
                raise RehearsalError(
                    f"The installed command plugin {path} does not start: {last[0]}. Repair it, or remove it: a "
                    "rehearsal does without."
                )
            yield Plugin(path=path, version=_version(path, port), port=port)
        finally:
            _end(process)


def _port(process: subprocess.Popen[bytes]) -> int | None:
    """A plugin's first line is the port it serves on."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline().strip() if ready else b""
    return int(line) if line.isdigit() else None


def _version(path: Path, port: int) -> str:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        try:
            answer = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(
                empty_pb2.Empty(), timeout=START_SECONDS
            )
        except grpc.RpcError:
            raise RehearsalError(
                f"The installed command plugin {path} answers no question: repair it, or remove it: a rehearsal does "
                "without."
            ) from None
    return str(answer.version).removeprefix("v")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
