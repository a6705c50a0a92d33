"""Where the console script starts: Ctrl-C and failures end as a sentence, never as a traceback."""

import signal
import sys
from types import FrameType

from cli.errors import Failure, Interrupted


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted; `manage`, `shell` and `ssh` pass theirs through."""
    signal.signal(signal.SIGINT, interrupt)
    try:
        # Here, for loading takes longer than an impatient Ctrl-C.
        from cli.app import app

        app(prog_name="slipway")
    except Failure as failure:
        print(f"slipway: {failure}", file=sys.stderr)
        sys.exit(1)
    except Interrupted:
        print(
            "\nslipway: interrupted. What the host had begun it completes: `slipway status` shows it.", file=sys.stderr
        )
        sys.exit(130)


def interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted
