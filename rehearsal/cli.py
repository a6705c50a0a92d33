"""Where the console script `rehearse` starts: every mistake and Ctrl-C end as a sentence, never as a traceback."""

import sys

from rehearsal import interruption
from rehearsal.errors import RehearsalError


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    interruption.listen()
    try:
        # Here, for loading takes longer than an impatient Ctrl-C.
        from rehearsal.verbs import app

        app(prog_name="rehearse")
    except RehearsalError as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(1)
    except interruption.Interrupted:
        print("\nInterrupted: run the same command again, it continues from here.", file=sys.stderr)
        sys.exit(130)
