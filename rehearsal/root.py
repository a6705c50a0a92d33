"""Become root through sudo, keeping what makes the user's environment work."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rehearsal import caches
from rehearsal.errors import RehearsalError

# Names by whole word, or by beginning where they end in an underscore. Their values can hold passwords (a proxy's, an
# index's), so sudo takes them from the environment, never from arguments.
KEPT = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO",
    "XDG_", "PIP_", "UV_", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE",
    "VIRTUAL_ENV", "SSH_AUTH_SOCK", "LANG", "TERM", "NO_COLOR", "CI", "SLIPWAY_",
)  # fmt: skip


def become_root(argv: Sequence[str] | None = None) -> None:
    """Return at once as root; otherwise run this same command again through sudo, and never return.

    `argv` is the whole command line, the interpreter included; by default the one this process was started with.
    RehearsalError where neither root nor sudo is to be had.
    """
    if os.geteuid() != 0:
        _again(argv or [sys.executable, *sys.orig_argv[1:]])


def _again(argv: Sequence[str]) -> NoReturn:
    sudo = shutil.which("sudo")
    if not sudo:
        raise RehearsalError(
            "A rehearsal boots machines, which needs root, and there is no sudo here: run this command as root."
        )
    free = subprocess.run([sudo, "--non-interactive", "true"], capture_output=True, check=False).returncode == 0
    if not free and not sys.stdin.isatty():
        raise RehearsalError(
            "A rehearsal boots machines, which needs root, and sudo cannot ask for a password without a terminal: "
            "run this command as root, or in a terminal."
        )
    if not free:
        print("A rehearsal boots machines, which needs root: sudo asks for your password.", file=sys.stderr)
    home = Path.home()
    cache = caches.folder(home)
    # While this is still the user: made by root, ~/.cache would be closed to all other programs.
    cache.mkdir(parents=True, exist_ok=True)
    preserve = ",".join(sorted(name for name in os.environ if _is_kept(name)))
    # sudo's secure_path replaces PATH even when it is preserved, and always_set_home replaces HOME.
    ours = [f"HOME={home}", f"PATH={os.environ.get('PATH', os.defpath)}", f"PYTHONPYCACHEPREFIX={cache / 'pycache'}"]
    command = [sudo, f"--preserve-env={preserve}", "--", "/usr/bin/env", *ours, *argv]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sudo, command)


def _is_kept(name: str) -> bool:
    upper = name.upper()
    return any(upper.startswith(kept) if kept.endswith("_") else upper == kept for kept in KEPT)
