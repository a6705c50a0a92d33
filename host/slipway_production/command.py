"""Becomes a configured command of the project: `python -m slipway_production.command FOLDER NAME`.

FOLDER holds the commands of each release, since its code may know others than the one before. No shell is involved.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

SYSTEM = "/usr/local/bin:/usr/bin:/bin"
NOT_FOUND = 127  # as a shell has it


def main(folder: Path, name: str, environ: Mapping[str, str], python: str) -> NoReturn:
    """Replaces this process by the command, where manage.py lies and with the release's own programs first."""
    words = arguments(command(folder / f"{environ['SLIPWAY_RELEASE']}.json", name), environ["SLIPWAY_MANAGE"], python)
    os.chdir(environ["SLIPWAY_CHDIR"])
    path = f"{os.path.dirname(python)}:{SYSTEM}"
    home = environ.get("STATE_DIRECTORY") or environ.get("HOME", "/nonexistent")
    environment = {**environ, "PATH": path, "VIRTUAL_ENV": os.path.dirname(os.path.dirname(python)), "HOME": home}
    os.environ["PATH"] = path  # execvpe looks along the caller's.
    try:
        os.execvpe(words[0], words, environment)
    except OSError as error:
        print(f"{words[0]} cannot be run: {error.strerror}.", file=sys.stderr)
        sys.exit(NOT_FOUND)


def command(path: Path, name: str) -> str:
    """What a release runs under this name."""
    commands = json.loads(path.read_text(encoding="utf-8"))
    if name in commands["processes"]:
        return str(commands["processes"][name])
    return str(commands["schedule"][name]["command"])


def arguments(command: str, manage: str, python: str) -> list[str]:
    """The words of a command. manage.py is run as `python -m django`: it might insist on settings of its own."""
    words = shlex.split(command)
    script = os.path.basename(manage)
    if os.path.basename(words[0]) == script:
        return [python, "-m", "django", *words[1:]]
    if words[0] in ("python", "python3") and words[1:] and os.path.basename(words[1]) == script:
        return [python, "-m", "django", *words[2:]]
    return words


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], os.environ, sys.executable)
