"""pulumi-command's remote.Command, with the official plugin's semantics and error texts.

Source: pulumi-command 1.2.1, provider/pkg/provider/remote/{commandController,commandOutputs}.go.
"""

import secrets
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import paramiko

from rehearsal.errors import RehearsalError
from rehearsal.providers import ssh
from rehearsal.providers.kind import Kind
from rehearsal.providers.values import Values

Say = Callable[[str], None]
CHUNK = 32768
LOGGED = {
    "stdoutAndStderr": {"stdout", "stderr"},
    "stdout": {"stdout"},
    "stderr": {"stderr"},
    "none": set[str](),
}
CONNECTION = frozenset(
    {
        "dialErrorLimit", "host", "hostKey", "password", "perDialTimeout", "port",
        "privateKey", "privateKeyPassword", "user",
    }
)  # fmt: skip
# strconv.Quote's short forms.
SHORT = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"} | {
    '"': '\\"',
    "\\": "\\\\",
}


class Remote(Kind):
    """What the resources of pulumi-command share: a connection, and triggers that replace."""

    def __init__(self, say: Say, mutter: Say) -> None:
        self.say, self.mutter = say, mutter

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        for key in sorted(set(inputs.get("connection", {})) - CONNECTION):
            yield f"connection.{key}", f"the rehearsal's stand-in for {self.type} does not know this input"

    def replaced_by(self, changed: Iterable[str], inputs: Values) -> list[str]:
        return [key for key in changed if key == "triggers"]


class Command(Remote):
    """Runs `create` when it is new or any input changed; `update` instead, and `delete` at its end, where given."""

    type = "command:remote:Command"
    required = frozenset({"connection"})
    # Not `environment`: Debian's sshd refuses it, so a step that relies on it fails on the real host.
    optional = frozenset({"addPreviousOutputInEnv", "create", "delete", "logging", "stdin", "triggers", "update"})
    computed = frozenset({"stderr", "stdout"})
    fleeting = computed

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
        logged = LOGGED[inputs.get("logging", "stdoutAndStderr")]
        with ssh.connection(inputs["connection"], self.mutter) as transport:
            channel = transport.open_session()
            channel.exec_command(script.encode())
            # Beside the listening: a command may print more than fits on the way before it has read all its input.
            with ThreadPoolExecutor(1) as beside:
                fed = beside.submit(_feed, channel, inputs.get("stdin", ""))
                out, error, both = _listen(channel, self.say, logged)
                code = channel.recv_exit_status()
                channel.close()
        if code or not fed.result():
            raise RehearsalError(f"{_ending(code, transport.signal)}: running {quoted(script)}:\n{both}")
        return {"stdout": out.removesuffix("\n"), "stderr": error.removesuffix("\n")}


def _feed(channel: paramiko.Channel, text: str) -> bool:
    """Whether all of the text could be sent before the command was over."""
    try:
        channel.sendall(text.encode())
    except OSError:
        return False
    with suppress(OSError):
        channel.shutdown_write()
    return True


def _listen(channel: paramiko.Channel, say: Say, logged: set[str]) -> tuple[str, str, str]:
    """Everything the command prints, by stream and in the order it came; logged lines are said as they come."""
    out, error, both, line = bytearray(), bytearray(), bytearray(), bytearray()
    streams = (
        ("stdout", channel.recv_ready, channel.recv, out),
        ("stderr", channel.recv_stderr_ready, channel.recv_stderr, error),
    )
    while True:
        # Not the exit status: sshd may send it before the last of the output.
        over, quiet = bool(channel.eof_received or channel.closed), True
        for stream, ready, read, sink in streams:
            while ready():
                quiet, data = False, read(CHUNK)
                sink.extend(data)
                both.extend(data)
                if stream in logged:
                    line.extend(data)
        *whole, rest = bytes(line).split(b"\n")
        for text in whole:
            say(text.decode(errors="replace"))
        line = bytearray(rest)
        if quiet and over:
            break
        if quiet:
            time.sleep(0.01)
    if line:
        say(bytes(line).decode(errors="replace"))
    return out.decode(errors="replace"), error.decode(errors="replace"), both.decode(errors="replace")


def _ending(code: int, signal_name: str) -> str:
    """What golang.org/x/crypto/ssh says of a command that failed; the code is -1 where the server said none."""
    if signal_name:
        number = getattr(signal, f"SIG{signal_name}", 0)
        return f"Process exited with status {128 + number} from signal {signal_name}"
    if code < 0:
        return "wait: remote command exited without exit status or exit signal"
    if code == 0:
        # More input than the command took.
        return "EOF"
    return f"Process exited with status {code}"


def quoted(text: str) -> str:
    """The text as Go's %q writes it."""
    return '"' + "".join(SHORT.get(char) or (char if char.isprintable() else _escape(ord(char))) for char in text) + '"'


def _escape(code: int) -> str:
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
