"""The engine from source: an ordinary checksummed Go tool dependency, built with caches that are thrown away."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from rehearsal.engine import toolchain, versions
from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
# Without it `preview` and `destroy` refuse to run.
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
# 1.6 GB of modules, 2.1 GB of build cache, 0.5 GB of Go, and room to link.
NEEDED_GB = 5
# What the user's own Go settings must not change.
OURS = ("GOOS", "GOARCH", "GOEXPERIMENT", "GOROOT", "GOBIN")


def build(version: str, draft: Path, progress: Progress, lock: int) -> Path:
    """The `pulumi` command, built in `draft`; the tools keep `lock` open as long as they live."""
    free = shutil.disk_usage(draft).free / 1e9
    if free < NEEDED_GB:
        raise RehearsalError(f"it needs {NEEDED_GB} GB free in {draft.parent}, and there are {free:.1f}")
    go = toolchain.find_or_install(draft, progress)
    environment = _environment(draft)
    progress(f"Building pulumi {version} from its Go modules, once: about 5 minutes on two cores.")

    modules = 0

    def downloaded(line: str) -> None:
        nonlocal modules
        modules += line.startswith("go: downloading ")

    with progress.during(lambda: f"Building pulumi {version}: {modules} modules downloaded"):
        listing = _run([str(go), "list", "-deps", PACKAGE], environment, draft, lock, downloaded)
    packages = len(listing.read_text().splitlines())

    compiled = 0

    def built(line: str) -> None:
        nonlocal compiled
        compiled += not line.startswith(("go: ", "#", " ", "\t"))

    flags = f"-s -w -X {VERSION_VARIABLE}=v{version}"
    command = [str(go), "build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", str(draft / "pulumi")]
    with progress.during(lambda: f"Building pulumi {version}: {compiled} of {packages} packages compiled"):
        _run([*command, PACKAGE], environment, draft, lock, built)
    return draft / "pulumi"


def _environment(draft: Path) -> dict[str, str]:
    (draft / "tmp").mkdir()
    kept = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("CGO_")}
    return kept | {
        "GOPATH": str(draft / "go"),
        "GOMODCACHE": str(draft / "modules"),
        "GOCACHE": str(draft / "build"),
        "GOTMPDIR": str(draft / "tmp"),
        # modcacherw: a module cache is read-only otherwise, and cannot be removed.
        "GOFLAGS": "-mod=readonly -modcacherw",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }


def _run(command: list[str], environment: dict[str, str], draft: Path, lock: int, heard: Callable[[str], None]) -> Path:
    """Run one go command and hear its messages; gives the file of its output. It never outlives this process long:
    it dies of the closed pipe at its next message, and until then the lock it inherited keeps others waiting."""
    output = draft / "output"
    said: list[str] = []
    with output.open("w") as sink:
        process = subprocess.Popen(
            command,
            cwd=versions.MODULE,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=(lock,),
        )
    try:
        assert process.stderr is not None
        with process.stderr as messages:
            for line in messages:
                heard(line)
                said = [*said[-20:], line.strip()]
        code = process.wait()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code:
        reasons = [line for line in said if line and not line.startswith("go: downloading ")]
        raise RehearsalError(f"`go {command[1]}` failed: {' | '.join(reasons[-3:]) or f'exit code {code}'}")
    return output
