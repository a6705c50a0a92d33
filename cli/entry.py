"""Where the console script starts: signals and failures end as a sentence, never as a traceback."""

import signal
import sys
from types import FrameType

from cli.errors import Failure, Interrupted

# Ctrl-C, a polite kill, and a terminal that is closed.
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The commands whose work on the host goes on to its end without us.
COMPLETED = {"rollback", "allow", "maintenance", "rotate"}


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted; `manage`, `shell` and `ssh` pass theirs through."""
    for each in ENDS:
        signal.signal(each, interrupt)
    try:
        # Here, for loading takes longer than an impatient Ctrl-C.
        from cli.app import app

        app(prog_name="slipway")
    except Failure as failure:
        print(f"slipway: {failure}", file=sys.stderr)
        sys.exit(1)
    except Interrupted as interrupted:
        begun = " What the host had begun it completes: `slipway status` shows it."
        print(f"\nslipway: interrupted.{begun if COMPLETED & set(sys.argv[1:2]) else ''}", file=sys.stderr)
        sys.exit(128 + interrupted.number)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Once: what is being cleared away afterwards is not interrupted again."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)
