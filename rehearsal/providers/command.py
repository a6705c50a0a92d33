"""pulumi-command's remote.Command and remote.CopyToRemote, with the official plugin's semantics and error texts.

Source: pulumi-command 1.2.1, provider/pkg/provider/remote/{commandController,commandOutputs,copyController}.go.
"""

import json
import posixpath
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import paramiko

from rehearsal.errors import RehearsalError
from rehearsal.providers import ssh
from rehearsal.providers.kind import Kind
from rehearsal.providers.values import SIGNATURE, Values

Say = Callable[[str], None]
# sdk/go/common/resource/sig: the mark of an asset.
ASSET = "c44067f5952c0a294b673a41bacd8c17"
CHUNK = 32768


class Remote(Kind):
    """What both resources share: a connection, and triggers that replace."""

    def __init__(self, say: Say, mutter: Say) -> None:
        self.say, self.mutter = say, mutter

    def replaced_by(self, changed: Iterable[str], inputs: Values) -> list[str]:
        return [key for key in changed if key == "triggers"]


class Command(Remote):
    """Runs `create` when it is new or any input changed; `update` instead, and `delete` at its end, where given."""

    type = "command:remote:Command"
    required = frozenset({"connection"})
    optional = frozenset(
        {"addPreviousOutputInEnv", "create", "delete", "environment", "logging", "stdin", "triggers", "update"}
    )
    computed = frozenset({"stderr", "stdout"})

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        outputs = self.run(inputs, inputs["create"]) if "create" in inputs else {"stdout": "", "stderr": ""}
        return f"{name}{secrets.token_hex(4)}", outputs

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        script = inputs.get("update", inputs.get("create"))
        return self.run(inputs, script) if script is not None else super().update(id, old, inputs)

    def delete(self, id: str, state: Values) -> None:
        if "delete" in state:
            self.run(state, state["delete"])

    def run(self, inputs: Values, script: str) -> Values:
        logged = {"stdout", "stderr"} if "logging" not in inputs else LOGGED[inputs["logging"]]
        with ssh.connection(inputs["connection"], self.mutter) as transport:
            channel = transport.open_session()
            for key, value in inputs.get("environment", {}).items():
                channel.set_environment_variable(key, value)
            channel.exec_command(script.encode())
            # A command that ends without reading its input closes the channel: that is no failure.
            with suppress(OSError):
                channel.sendall(inputs.get("stdin", "").encode())
                channel.shutdown_write()
            out, error, both = _listen(channel, self.say, logged)
            code = channel.recv_exit_status()
        if code:
            words = (
                f"Process exited with status {code}" if code > 0 else "wait: remote command exited without exit status"
            )
            raise RehearsalError(f"{words}: running {json.dumps(script, ensure_ascii=False)}:\n{both}")
        return {"stdout": out.removesuffix("\n"), "stderr": error.removesuffix("\n")}


LOGGED = {
    "stdoutAndStderr": {"stdout", "stderr"},
    "stdout": {"stdout"},
    "stderr": {"stderr"},
    "none": set[str](),
}


def _listen(channel: paramiko.Channel, say: Say, logged: set[str]) -> tuple[str, str, str]:
    """Everything the command prints, by stream and in the order it came; logged lines are said as they come."""
    out, error, both, line = bytearray(), bytearray(), bytearray(), bytearray()
    channel.settimeout(0.1)
    readers = {"stdout": channel.recv, "stderr": channel.recv_stderr}
    ready = {"stdout": channel.recv_ready, "stderr": channel.recv_stderr_ready}
    sinks = {"stdout": out, "stderr": error}
    while True:
        quiet = True
        for stream, read in readers.items():
            while ready[stream]():
                quiet, data = False, read(CHUNK)
                sinks[stream].extend(data)
                both.extend(data)
                if stream in logged:
                    line.extend(data)
        *whole, rest = bytes(line).split(b"\n")
        for text in whole:
            say(text.decode(errors="replace"))
        line = bytearray(rest)
        if quiet and channel.exit_status_ready() and not (channel.recv_ready() or channel.recv_stderr_ready()):
            break
        if quiet:
            channel.status_event.wait(0.02)
    if line:
        say(bytes(line).decode(errors="replace"))
    return out.decode(errors="replace"), error.decode(errors="replace"), both.decode(errors="replace")


class CopyToRemote(Remote):
    """Copies a file when its content or its target changed. In place, as the login user: no mode, no sudo."""

    type = "command:remote:CopyToRemote"
    required = frozenset({"connection", "source", "remotePath"})
    optional = frozenset({"triggers"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        source = inputs.get("source")
        if source is not None and not (
            isinstance(source, dict) and source.get(SIGNATURE) == ASSET and "path" in source
        ):
            yield "source", "the rehearsal copies a pulumi.FileAsset, nothing else"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        self.copy(inputs)
        return secrets.token_hex(4), {}

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        same = old["source"]["hash"] == inputs["source"]["hash"] and old["remotePath"] == inputs["remotePath"]
        if not same:
            self.copy(inputs)
        return {}

    def copy(self, inputs: Values) -> None:
        source, target = Path(inputs["source"]["path"]), inputs["remotePath"]
        with ssh.connection(inputs["connection"], self.mutter) as transport:
            client = paramiko.SFTPClient.from_transport(transport)
            assert client is not None
            try:
                if _is_directory(client, target):
                    target = posixpath.join(target, source.name)
                _make_directories(client, posixpath.dirname(target))
                client.put(str(source), target)
            except OSError as error:
                raise RehearsalError(f"failed to create remote file {target}: {error}") from None


def _is_directory(client: paramiko.SFTPClient, path: str) -> bool:
    try:
        mode = client.stat(path).st_mode
    except FileNotFoundError:
        return False
    return mode is not None and stat.S_ISDIR(mode)


def _make_directories(client: paramiko.SFTPClient, path: str) -> None:
    if path in ("", "/") or _is_directory(client, path):
        return
    _make_directories(client, posixpath.dirname(path))
    client.mkdir(path)
