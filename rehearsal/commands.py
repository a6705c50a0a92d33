"""Commands that a rehearsal puts before those of this computer: the program finds them on PATH."""

import os
import shlex
import sys
from pathlib import Path

from rehearsal.homes import Home

PLUGIN = "#!/bin/sh\n# The stand-in `aws` needs no plugin; what looks for one finds this.\nexit 1\n"


def folder(home: Home) -> Path:
    return home.path / "commands"


def provide(home: Home, region: str) -> None:
    """Write them, and have this process and its children find them first."""
    arguments = [sys.executable, "-m", "rehearsal.aws_command", str(home.path), home.prefix, region]
    folder(home).mkdir(exist_ok=True)
    for name, text in (("aws", f'#!/bin/sh\nexec {shlex.join(arguments)} "$@"\n'), ("session-manager-plugin", PLUGIN)):
        path = folder(home) / name
        path.write_text(text)
        path.chmod(0o755)
    found = os.environ.get("PATH", os.defpath)
    if str(folder(home)) not in found.split(os.pathsep):
        os.environ["PATH"] = f"{folder(home)}{os.pathsep}{found}"


def in_rehearsal(home: Home, command: str) -> str:
    """A command line that begins with `aws`, for whoever has not that PATH."""
    return f"{shlex.quote(str(folder(home)))}/{command}" if command.startswith("aws ") else command
