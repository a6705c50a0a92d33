"""An ssh-agent of our own that holds one key in memory: no file and no command line ever does."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.errors import Failure
from cli.processes import Process, started

# The agent runs beside this shell, which waits for the end of its input: ours ends with us, however we end.
LIFE = 'echo ready; read -r line; kill "$SSH_AGENT_PID"'


@contextmanager
def holding(private_key: str, socket: Path) -> Iterator[Path]:
    """While the body runs, an agent at `socket` signs with the key, in OpenSSH's format."""
    life = ["ssh-agent", "-a", str(socket), "sh", "-c", LIFE]
    # In a session of its own: Ctrl-C is for us, and would leave the agent without its shell.
    pipe = subprocess.PIPE
    with started(life, end, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        assert process.stdin and process.stdout
        if not process.stdout.readline():
            raise Failure(f"ssh-agent does not start at {socket}: run `ssh-agent -a {socket}` to see why.")
        add(private_key, socket)
        yield socket
        end(process)


def end(process: Process) -> None:
    """Not by a signal: the shell would not live to end the agent."""
    assert process.stdin
    process.stdin.close()


def add(private_key: str, socket: Path) -> None:
    with started(
        ["ssh-add", "-q", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "SSH_AUTH_SOCK": str(socket)},
    ) as process:
        _, said = process.communicate(private_key.strip() + "\n")
    if process.returncode:
        raise Failure(f"The stack's output deployKey is no SSH key ({said.strip()}): `pulumi up` writes it anew.")
