"""Runs a program in front of whoever called: it has their streams, and ends when they are gone."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence

from slipway_host.run import BASE


def run(
    command: Sequence[str], stop: Callable[[], None] | None = None, environment: Mapping[str, str] | None = None
) -> int:
    """The program's exit code. Where nobody reads its output any more, as after a Ctrl-C at the other end of an SSH
    connection, it is ended; `stop` ends what it has started elsewhere.
    """
    with subprocess.Popen(command, env={**BASE, **(environment or {})}) as process:
        try:
            until_ended_or_unheard(process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                if stop:
                    stop()
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def until_ended_or_unheard(process: subprocess.Popen[bytes]) -> None:
    ended = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        # No event asked for: that a reader is gone is always told.
        for stream in (1, 2):
            poll.register(stream, 0)
        if ended in dict(poll.poll()):
            process.wait()
    finally:
        os.close(ended)
