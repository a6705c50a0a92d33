"""Preview stack prod on the real engine with the policy pack at the door: `python -m tests.policies.preview PROJECT`.

A process of its own, for the program is imported in it.
"""

import sys
import tempfile
from pathlib import Path

from pulumi.automation import CommandError

from rehearsal import caches, engine, session
from rehearsal.homes import Home
from rehearsal.progress import Progress
from tests.policies.pack import FOLDER


def main(project: Path) -> int:
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        home = Home(project=project, stack="prod", slot=0, path=Path(scratch))
        with session.opened(
            home, engine.find_or_build(progress), caches.folder(), progress, verb="preview", real=False
        ) as opened:
            try:
                opened.stack.preview(on_output=print, on_error=print, policy_packs=[str(FOLDER)])
            except CommandError:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
