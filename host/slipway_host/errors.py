"""What goes wrong in ways that the person who deploys can mend."""

from __future__ import annotations

# One line beyond 64 KiB stalls the SSH session of pulumi-command 1.2.1.
LONGEST_LINE = 4000


class Failure(Exception):
    """One clear sentence, and the last lines of the output of whatever failed."""

    def __init__(self, sentence: str, output: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.output = output


def tail(output: str, lines: int = 20) -> str:
    """The last lines that hold anything: where tools say what went wrong."""
    return "\n".join([shortened(line.rstrip()) for line in output.splitlines() if line.strip()][-lines:])


def shortened(line: str) -> str:
    if len(line) <= LONGEST_LINE:
        return line
    return line[:LONGEST_LINE] + (" …\n" if line.endswith("\n") else " …")
