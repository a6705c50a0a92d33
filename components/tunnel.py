"""A port of this computer whose connections are led elsewhere by a command of their own, while the program runs."""

from __future__ import annotations

import contextlib
import contextvars
import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from threading import Thread

import pulumi

HOST = "127.0.0.1"
WAITING = 16  # connections that nobody has taken yet


class Tunnel:
    """A port that is taken at once, and led on as soon as it is known where to."""

    def __init__(self, port: int) -> None:
        """RunError names a port that somebody else has."""
        try:
            self._door = socket.create_server((HOST, port), backlog=WAITING)
        except OSError as error:
            raise pulumi.RunError(taken(port, os.strerror(error.errno or 0))) from None

    def lead(self, command: Sequence[str], tell: Callable[[str], None]) -> None:
        """From now on each connection becomes the standard input and output of a command.

        `tell` hears what each distinct failure of it says, once.
        """
        _beside(self._serve, list(command), Once(tell))

    def _serve(self, command: list[str], tell: Callable[[str], None]) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            _beside(_hand_over, connection, command, tell)

    def close(self) -> None:
        # Who waits in accept() is not woken by close(), and would take what the same descriptor leads to next.
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


class Once:
    """Passes on what has not been said before."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._said: set[str] = set()

    def __call__(self, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            self._tell(words)


def taken(port: int, why: str) -> str:
    return (
        f"Port {port} of {HOST} is not to be had ({why}), and the steps of this stack reach the server through it: end "
        f"what listens there (lsof -i :{port} names it). The port follows from the names of project and stack, for a "
        "step runs again where its connection changes."
    )


def _hand_over(connection: socket.socket, command: list[str], tell: Callable[[str], None]) -> None:
    """Gives the connection to the command whole: the two end together, however this program ends."""
    with connection:
        both = connection.fileno()
        done = subprocess.run(command, stdin=both, stdout=both, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        words = " ".join(done.stderr.decode(errors="replace").split())
        tell(words or f"{command[0]} ended with exit code {done.returncode}")


def _beside(work: Callable[..., None], *arguments: object) -> None:
    """Runs it beside the program, which does not wait for it; Pulumi finds its engine by the context."""
    Thread(target=contextvars.copy_context().run, args=(work, *arguments), daemon=True).start()
