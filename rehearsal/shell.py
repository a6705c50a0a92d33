"""Run the tools of the machine, and say which one failed and why."""

import subprocess
from collections.abc import Sequence

from rehearsal.errors import RehearsalError


def run(argv: Sequence[str], *, stdin: str | None = None, timeout: float = 120) -> str:
    """What the command printed; a failure raises RehearsalError with the command's own words.

    `timeout` is in seconds. Secrets belong in `stdin`: the arguments are quoted in the error.
    """
    try:
        done = subprocess.run(
            list(argv), input=stdin, text=True, capture_output=True, timeout=timeout, check=False, errors="replace"
        )
    except FileNotFoundError:
        raise RehearsalError(f"{argv[0]} is not installed: run `make up`, which installs what it needs.") from None
    except subprocess.TimeoutExpired:
        raise RehearsalError(f"`{' '.join(argv)}` did not end within {timeout:.0f} s.") from None
    if done.returncode:
        raise RehearsalError(f"`{' '.join(argv)}` failed: {_cause(done.stderr or done.stdout, done.returncode)}")
    return done.stdout


def _cause(output: str, code: int) -> str:
    """The line of a tool's output that says what went wrong: the first that calls itself an error, else the last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or [f"exit code {code}"]
    return next((line for line in lines if "error" in line.lower()), lines[-1])


def attempt(argv: Sequence[str]) -> bool:
    """Whether the command succeeded: for steps of a clean-up, where what is gone already is no failure."""
    return subprocess.run(list(argv), capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0
