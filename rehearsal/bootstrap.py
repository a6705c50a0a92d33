"""Make the Python environment of the rehearsal from its lock file: `setup.sh` runs this with the system's Python.

Standard library only, and nothing that needs the environment it makes.
"""

import fcntl
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rehearsal import registry
from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress

LOCK_FILE = "requirements-dev.txt"


def main() -> int:
    """`python3 -m rehearsal.bootstrap STAMP`, in the repository's folder."""
    try:
        make(Path.cwd(), sys.argv[1], Progress())
    except RehearsalError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted: run it again to finish.", file=sys.stderr)
        return 130
    return 0


def make(project: Path, stamp: str, progress: Progress) -> None:
    """Make or renew `.venv`; `stamp` is written last, so that an interrupted run is never taken for a finished one."""
    complete = project / ".venv" / "complete"
    folder = os.open(project, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Another process is setting up .venv: waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        before = complete.read_text() if complete.exists() else ""
        working = (project / ".venv/bin/python").exists()
        if before == stamp and working:
            return
        complete.unlink(missing_ok=True)
        # Virtual environments cannot be moved: the stamp begins with the folder it was made in.
        if not working or not before.startswith(f"{project} "):
            _create(project, progress)
        _install(project, progress)
        complete.write_text(stamp)
        progress("Python environment ready: .venv")
    finally:
        os.close(folder)


def _create(project: Path, progress: Progress) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise RehearsalError(
            f"{sys.executable} cannot make virtual environments: install its venv module "
            "(Debian, Ubuntu: apt-get install python3-venv) and run this again."
        )
    progress(f"Making the Python environment .venv with {sys.executable}")
    _run([sys.executable, "-m", "venv", "--clear", ".venv"], project, progress, "Creating .venv")


def _install(project: Path, progress: Progress) -> None:
    lock = (project / LOCK_FILE).read_text()
    python = ".venv/bin/python"
    with tempfile.NamedTemporaryFile("w", prefix="slipway-uv-", suffix=".txt") as pinned:
        pinned.write(pinned_uv(lock))
        pinned.flush()
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        _run([*pip, "--require-hashes", "--no-deps", "-r", pinned.name], project, progress, "Installing uv")
    count = sum("==" in line for line in lock.splitlines())
    uv = [".venv/bin/uv", "pip"]
    what = f"Installing the {count} packages of {LOCK_FILE}"
    _run([*uv, "sync", "--python", python, "--require-hashes", LOCK_FILE], project, progress, what)
    editable = ["install", "--python", python, "--no-deps", "--no-build-isolation", "--editable", "."]
    _run([*uv, *editable], project, progress, "Installing rehearse and slipway")


def pinned_uv(lock: str) -> str:
    """The lines of a lock file that pin uv and its hashes."""
    lines = lock.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.startswith("uv==")]
    if not starts:
        raise RehearsalError(f"{LOCK_FILE} does not pin uv: run `make lock`.")
    end = starts[0]
    while lines[end].rstrip().endswith("\\"):
        end += 1
    return "".join(lines[starts[0] : end + 1])


def _run(command: list[str], project: Path, progress: Progress, what: str) -> None:
    with progress.during(lambda: what):
        done = subprocess.run(
            command, cwd=project, env=registry.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    if done.returncode:
        said = "\n".join(part for part in (done.stdout.strip(), done.stderr.strip()) if part)
        raise RehearsalError(f"{said}\n{what} failed (exit code {done.returncode}): see above, then run it again.")


if __name__ == "__main__":
    sys.exit(main())
