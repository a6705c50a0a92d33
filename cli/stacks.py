"""Which stack is meant, its rehearsal or the real one, and its outputs: asked of the commands that know them."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli import engines
from cli.errors import Failure


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack that exists, and what its last run left as outputs."""

    name: str
    folder: Path
    rehearsed: bool
    outputs: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"the rehearsal of stack {self.name}" if self.rehearsed else f"stack {self.name}"

    def verb(self, verb: str) -> str:
        """How a person runs one of the engine's verbs on it: `pulumi up -s prod`."""
        return f"{'rehearse' if self.rehearsed else 'pulumi'} {verb} -s {self.name}"

    def need(self, output: str) -> str:
        """An output; Failure where the stack has none of that name."""
        if not self.outputs.get(output):
            raise Failure(f"The output {output} is not there for {self}: run `{self.verb('up')}` to its end first.")
        return str(self.outputs[output])


def find(name: str, folder: Path, rehearsed: bool | None = None) -> Stack:
    """The stack of that name, said on standard error; Failure where there is none, or it is unclear which is meant."""
    with ExitStack() as at_once:
        asked = {
            side: at_once.enter_context(engine.asked(name, folder))
            for side, engine in ((True, engines.REHEARSAL), (False, engines.CLOUD))
            if rehearsed in (None, side)
        }
        answers = {side: process() for side, process in asked.items()}
    chosen = choose(name, answers)
    stack = Stack(name=name, folder=folder, rehearsed=chosen, outputs=answers[chosen].outputs or {})
    print(f"slipway: {stack}, {stack.outputs.get('ssh') or 'which has no host yet'}", file=sys.stderr)
    return stack


def choose(name: str, answers: dict[bool, engines.Answer]) -> bool:
    """Whether the rehearsal is meant, given what either side said of a stack of that name."""
    there = [side for side, answer in answers.items() if answer.outputs is not None]
    unclear = [answer.unclear for answer in answers.values() if answer.unclear]
    if len(there) == 2:
        raise Failure(f"There are a real stack {name} and a rehearsal of it: say --cloud or --rehearsal.")
    if len(there) == 1 and not unclear:
        return there[0]
    if there:
        raise Failure(f"{unclear[0]} So it is not known which {name} is meant: say --cloud or --rehearsal.")
    raise Failure(" ".join(unclear or [answer.absent for answer in answers.values()]))
