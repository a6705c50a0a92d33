"""Runs other programs: the only place that starts processes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from slipway_host.errors import shortened
from slipway_host.redact import nothing

# Nothing of the caller's environment reaches a program but what it is given.
BASE = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
}


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a program ended. `output` is both of its streams, redacted."""

    code: int
    output: str

    @property
    def ok(self) -> bool:
        return self.code == 0


def run(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    group: str | None = None,
    folder: Path | None = None,
    stdin: str = "",
    redact: Callable[[str], str] = nothing,
    show: bool = False,
    pass_fds: Sequence[int] = (),
    whole: bool = False,
) -> Result:
    """Runs a program to its end. `user` drops every privilege of ours, `group` is another than the user's own;
    `show` passes its output on line by line; `whole` leaves lines as long as they are, to be redacted first."""
    lines = []
    with subprocess.Popen(
        [str(argument) for argument in arguments],
        env={**BASE, **(environment or {})},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        umask=0o022,
        user=user,
        group=group or user,
        extra_groups=[] if user else None,
        pass_fds=pass_fds,
    ) as process:
        assert process.stdin and process.stdout
        # A program may end without reading what it is given.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(stdin)
            process.stdin.close()
        for line in process.stdout:
            line = redact(line) if whole else shortened(redact(line))
            lines.append(line)
            if show:
                sys.stdout.write(line)
                sys.stdout.flush()
    return Result(code=process.returncode, output="".join(lines))


def first_lines(arguments: Sequence[str | Path], most: int) -> tuple[list[str], bool]:
    """Up to `most` lines of what a program prints, whole however long; and whether it ended well or was cut short."""
    with subprocess.Popen(
        [str(argument) for argument in arguments],
        env=BASE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout
        lines = list(islice(process.stdout, most))
        cut_short = len(lines) == most
        if cut_short:
            process.terminate()
    return lines, cut_short or process.returncode == 0
