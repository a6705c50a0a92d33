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
PROGRAM = "slipway-host"
WRONG_USAGE = 2


@dataclass(frozen=True, kw_only=True)
class Host:
    """A host that commands can be run on, each over a connection of its own."""

    stack: Stack
    login: str
    scratch: Path  # with the agent's socket, the host's key and what ssh says

    @property
    def proxy_command(self) -> str:
        """How OpenSSH reaches a host without an open port; it has a word for there being no such need."""
        return str(self.stack.outputs.get("sshProxyCommand") or "none")

    def run(self, command: Sequence[str], *, tty: bool = False, stdin: bool = False) -> int:
        """Runs a command as root, its output and, where wanted, our input passed through; returns its exit code."""
        return self.login_shell(as_root(command), tty=tty, stdin=stdin)

    def login_shell(self, command: str = "", *, tty: bool, stdin: bool = True) -> int:
        """The login user's shell, or a command line for it; returns its exit code."""
        with self.connected(command, tty=tty, stdin=None if stdin else subprocess.DEVNULL) as process:
            process.wait()
        return self.checked(process.returncode)

    def slipway(self, *arguments: str) -> int:
        """Runs `slipway-host` with these arguments, its words passed through; returns its exit code."""
        return self.known(arguments, self.run([PROGRAM, *arguments]))

    def ask(self, *arguments: str) -> Any:
        """What `slipway-host` with these arguments prints, as JSON. Failure where it fails; it has said why."""
        with self.connected(
            as_root([PROGRAM, *arguments]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ) as process:
            said, _ = process.communicate()
        if code := self.known(arguments, self.checked(process.returncode)):
            raise Failure(f"`{PROGRAM} {arguments[0]}` failed on the host (exit code {code}): see above.")
        return json.loads(said)

    @contextmanager
    def connected(self, command: str, *, tty: bool = False, **streams: Any) -> Iterator[subprocess.Popen[str]]:
        """The process of ssh."""
        how = [*options(self.scratch, self.proxy_command), "-t" if tty else "-T"]
        with started(["ssh", *how, self.login, *([command] if command else [])], **streams) as process:
            yield process

    def known(self, arguments: Sequence[str], code: int) -> int:
        """The exit code of `slipway-host`; Failure where that does not know what we do."""
        if code == WRONG_USAGE:
            raise Failure(
                f"`{PROGRAM} {shlex.join(arguments)}` is not known on the host: `{self.stack.verb('up')}` brings it up "
                "to date."
            )
        return code

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


def as_root(command: Sequence[str]) -> str:
    return shlex.join(["sudo", "-n", *command])


def interactive() -> bool:
    """Whether a person sits at both ends of our streams."""
    return sys.stdin.isatty() and sys.stdout.isatty()
