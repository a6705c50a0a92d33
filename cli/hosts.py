"""A stack's host, reached by OpenSSH's client: only the key and the address that the stack itself says."""

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli import agent, stacks
from cli.errors import Failure
from cli.processes import started
from cli.ssh import ALIAS, options, trouble
from cli.stacks import Stack

# What ssh itself exits with when it fails; a command on the host may too.
SSH_FAILED = 255
WRONG_USAGE = 2


@dataclass(frozen=True, kw_only=True)
class Host:
    """A host that commands can be run on, each over a connection of its own."""

    stack: Stack
    login: str
    scratch: Path  # with the agent's socket, the host's key and what ssh says

    def run(self, command: Sequence[str], *, tty: bool = False, stdin: bool = False) -> int:
        """Runs a command as root, its output and, where wanted, our input passed through; returns its exit code."""
        with self.connected(command, tty=tty, stdin=None if stdin or tty else subprocess.DEVNULL) as process:
            process.wait()
        return self.checked(process.returncode)

    def slipway(self, *arguments: str) -> int:
        """Runs `slipway-host` with these arguments, its words passed through; returns its exit code."""
        return self.run(["slipway-host", *arguments])

    def ask(self, *arguments: str) -> Any:
        """What `slipway-host` with these arguments prints, as JSON. Failure where it fails; it has said why."""
        command = ["slipway-host", *arguments]
        with self.connected(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            said, _ = process.communicate()
        code = self.checked(process.returncode)
        if code == WRONG_USAGE:
            raise Failure(
                f"The host does not know `{shlex.join(command)}`: `{self.stack.verb('up')}` brings it up to date."
            )
        if code:
            raise Failure(f"`{shlex.join(command)}` failed on the host (exit code {code}): see above.")
        return json.loads(said)

    @contextmanager
    def connected(
        self, command: Sequence[str], *, tty: bool = False, **streams: Any
    ) -> Iterator[subprocess.Popen[str]]:
        """The process of ssh. An empty command is a login shell."""
        remote = [shlex.join(["sudo", "-n", *command])] if command else []
        how = ["-t"] if tty else ["-T"]
        with started(["ssh", *options(self.login, self.scratch), *how, self.login, *remote], **streams) as process:
            yield process

    def checked(self, code: int) -> int:
        """The exit code of a command on the host; Failure where it was ssh that failed."""
        log = self.scratch / "log"
        said = log.read_text(errors="replace") if log.exists() else ""
        if code == SSH_FAILED and said.strip():
            raise Failure(trouble(said, self.stack, self.login))
        return code


@contextmanager
def reached(name: str, folder: Path, rehearsed: bool | None = None) -> Iterator[Host]:
    """The host of a stack, for as long as the body runs."""
    stack = stacks.find(name, folder, rehearsed)
    login, host_key, deploy_key = stack.need("ssh"), stack.need("hostKey"), stack.need("deployKey")
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder_name:
        scratch = Path(folder_name)
        (scratch / "known_hosts").write_text(f"{ALIAS} {host_key.strip()}\n")
        with agent.holding(deploy_key, scratch / "agent"):
            yield Host(stack=stack, login=login, scratch=scratch)


def interactive() -> bool:
    """Whether a person sits at both ends of our streams."""
    return sys.stdin.isatty() and sys.stdout.isatty()
