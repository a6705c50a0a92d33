"""Before a rehearsal or a test run: root, the Debian packages and the kernel, all findings at once.

`python -m rehearsal.preflight rehearsal|test|check [-- COMMAND …]` prepares, then becomes COMMAND.
"""

import os
import sys

from rehearsal import homes, kernel, packages
from rehearsal.errors import RehearsalError
from rehearsal.packages import CHECK, REHEARSAL, SBIN, TEST
from rehearsal.progress import Progress
from rehearsal.root import become_root

NEEDS = {"rehearsal": REHEARSAL, "test": TEST, "check": CHECK}

__all__ = ["become_root", "main", "prepare"]


def prepare(purpose: str, progress: Progress) -> None:
    """Install what `purpose` lacks and make sure the kernel can; RehearsalError has a line for each thing amiss.

    Must run as root, save when nothing is missing for `check`. Leaves the folders of administration on PATH.
    """
    if sys.platform != "linux":
        raise RehearsalError(f"Rehearsals boot Linux machines, and this is {sys.platform}: use a Linux machine.")
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join([*folders, *(folder for folder in SBIN if folder not in folders)])
    boots = purpose != "check"
    findings = kernel.findings(homes.ROOT) if boots else []
    needed = packages.missing(NEEDS[purpose])
    if needed and not packages.find("apt-get"):
        findings.append(packages.by_hand(needed))
    if findings:
        raise RehearsalError("\n".join(findings))
    if needed:
        packages.install(needed, progress)
        # Features whose commands have only just come.
        if boots and (findings := kernel.findings(homes.ROOT)):
            raise RehearsalError("\n".join(findings))


def main() -> int:
    """Exit code 1 and the findings on standard error, else what COMMAND exits with."""
    purpose, *rest = sys.argv[1:] or [""]
    if purpose not in NEEDS:
        print(f"Usage: python -m rehearsal.preflight {'|'.join(NEEDS)} [-- COMMAND …]", file=sys.stderr)
        return 2
    try:
        if purpose != "check" or packages.missing(NEEDS[purpose]):
            become_root()
        prepare(purpose, Progress())
    except RehearsalError as error:
        print(error, file=sys.stderr)
        return 1
    if rest[1:]:
        os.execvp(rest[1], rest[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
