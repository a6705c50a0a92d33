"""The two commands that run the engine and keep its stacks: `pulumi`, and `rehearse` for stand-ins."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.processes import started


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command said of a stack: its outputs, else that there is none, else why that is unclear."""

    outputs: dict[str, Any] | None = field(default=None, repr=False)
    absent: str = ""
    unclear: str = ""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A command, and the words by which it says that it has no stack of a name."""

    program: str
    absent: Sequence[str]

    def output(self, stack: str, folder: Path) -> list[str]:
        """The command that prints a stack's outputs as JSON, the secret ones in clear: for a pipe, not for a screen."""
        return [self.program, "output", "--json", "--show-secrets", "-s", stack, "-C", str(folder)]

    @contextmanager
    def asked(self, stack: str, folder: Path) -> Iterator[Callable[[], Answer]]:
        """Asks for a stack's outputs; the body may ask another meanwhile, and calls for the answer."""
        if not shutil.which(self.program):
            yield lambda: Answer(absent=f"The command {self.program} is not on PATH, so no stack of it is known.")
            return
        with started(
            self.output(stack, folder),
            # Somebody else's input: `slipway manage` passes it on to the host. A terminal is for sudo's question.
            stdin=None if sys.stdin.isatty() else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        ) as process:
            yield lambda: self.answer(stack, process)

    def answer(self, stack: str, process: subprocess.Popen[str]) -> Answer:
        said, complaint = process.communicate()
        if process.returncode == 0:
            return Answer(outputs=json.loads(said))
        words = " ".join(complaint.split()).removeprefix("error: ")
        if any(sign in words for sign in self.absent):
            return Answer(absent=f"{Path(self.program).name} knows no stack {stack}: {words}")
        return Answer(unclear=f"`{Path(self.program).name} {self.output(stack, Path())[1]}` failed: {words}")


class Pulumi(Engine):
    """The official command, which must not wait for a login or a passphrase to be typed."""

    def output(self, stack: str, folder: Path) -> list[str]:
        show = ["stack", "output", "--json", "--show-secrets", "--non-interactive"]
        return [self.program, *show, "--stack", stack, "--cwd", str(folder)]


CLOUD = Pulumi(
    program="pulumi",
    absent=("no stack named", "PULUMI_ACCESS_TOKEN must be set for login", "no Pulumi.yaml project file found"),
)
# The one of this checkout: both commands are installed side by side.
REHEARSAL = Engine(program=str(Path(sys.executable).with_name("rehearse")), absent=("There is no rehearsal of stack",))


def up(rehearsed: bool, stack: str, folder: Path, yes: bool) -> int:
    """Updates a stack, in sight of the operator, who may be asked; returns the command's exit code."""
    command = [REHEARSAL.program, "up", "-s", stack, "-C", str(folder)]
    if not rehearsed:
        command = [CLOUD.program, "up", "--stack", stack, "--cwd", str(folder), *(["--yes"] if yes else [])]
    # A second signal would make it leave things half done; Ctrl-C reaches it by itself.
    with started(command, end=finished) as process:
        return process.wait()


def finished(process: subprocess.Popen[str]) -> None:
    process.wait()
