"""Stand-ins for what a host has and a test has not: a service manager, and releases whose project runs in no time."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from slipway_host import release
from slipway_host.discovery import Found
from slipway_host.environment import parse
from slipway_host.layout import ensure
from slipway_host.paths import Paths
from slipway_host.run import Result

from tests.host.beside_standins import FileUnits

REPOSITORY = Path(__file__).resolve().parents[2]
GIVEN = 'SECRET_KEY="a-key-that-is-secret"\nSLIPWAY_DOMAIN="www.example.org"\n'


@contextmanager
def folder_for_everybody() -> Iterator[Path]:
    """A host's file system. Not tmp_path: only its owner could enter that, and the app is somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="slipway-host-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@dataclass
class FileServices:
    """Units whose state is files in a folder, so that it outlives a process that is killed."""

    folder: Path
    refuse: str = ""
    unsteady: bool = False
    stopped: list[str] = field(default_factory=list)
    crashing: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def mark(self, what: str, colour: str, wanted: bool) -> None:
        path = self.folder / f"{what}-{colour}"
        path.touch() if wanted else path.unlink(missing_ok=True)

    def marked(self, what: str) -> set[str]:
        return {path.name.removeprefix(f"{what}-") for path in self.folder.glob(f"{what}-*")}

    def start(self, colour: str) -> Result:
        self.calls.append(f"start {colour}")
        if self.refuse:
            return Result(code=1, output=self.refuse)
        self.mark("active", colour, True)
        return Result(code=0, output="")

    def steady(self, colour: str) -> bool:
        return not self.unsteady

    def stop(self, colour: str, wait: bool = True) -> None:
        self.stopped.append(colour)
        self.mark("active", colour, False)

    def active(self, colour: str) -> bool:
        return colour in self.marked("active")

    def boot(self, colour: str, wanted: bool) -> None:
        self.mark("enabled", colour, wanted)

    def journal(self, colour: str) -> str:
        return "[ERROR] Reason: Worker failed to boot.\n"

    def units(self) -> list[dict[str, str]]:
        return []

    @property
    def beside(self) -> FileUnits:
        return FileUnits(self.folder / "beside.json", crashing=self.crashing)


def host(root: Path) -> tuple[Paths, FileServices]:
    """An empty host with its folders, and its units."""
    paths = Paths(root=root, user=None, migrator=None, builder=None)
    ensure(paths)
    units = root / "units"
    units.mkdir(exist_ok=True)
    return paths, FileServices(units)


def prepared(
    paths: Paths, name: str, reports: str = '{"failed": null}', candidates: tuple[str, ...] = ("site",)
) -> None:
    """A complete release whose Python only writes a static file, and `reports` to the descriptor it is given."""
    folder = paths.release(name)
    python = folder / "venv/bin/python"
    python.parent.mkdir(parents=True)
    (folder / "src").mkdir()
    python.write_text(
        "#!/bin/bash\n"
        f'if [ "$2" = slipway_production.step ]; then echo {name} > "$SLIPWAY_STATIC_ROOT/{name}.css"; fi\n'
        f'echo \'{{"paths": {{}}}}\' > "$SLIPWAY_STATIC_ROOT/staticfiles.json"\n'
        f"env > {folder}/$2.environment\n"
        f"echo '{reports}' >&$3\n"
    )
    python.chmod(0o755)
    manage = folder / "src/manage.py"
    found = Found(candidates=candidates)
    release.save_variables(paths, name, release.variables(paths, name, manage, "", found))
    release.save(paths, release.Release(id=name, manage=str(manage), candidates=candidates))


@dataclass
class Gunicorn:
    """Units that are plain gunicorn processes on one loopback port, started as app@.service starts them."""

    paths: Paths
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, colour: str) -> Result:
        config = self.paths.root / "gunicorn.conf.py"
        config.write_text(GUNICORN)
        release = self.paths.colour(colour)
        log = self.paths.root / f"{colour}.log"
        environment = {
            **parse(self.paths.environment(colour).read_text()),
            **parse((release / "release.env").read_text()),
            "BIND": f"127.0.0.1:{self.port}",
        }
        command = [str(release / "venv/bin/gunicorn"), "-c", str(config), "slipway_production.wsgi:application"]
        user = self.paths.user
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=self.paths.root,
                env=environment,
                stdout=output,
                stderr=output,
                user=user,
                group=user,
                umask=0o027,
            )
        # With reuse_port it is the worker that listens, a moment after the master has said so.
        while process.poll() is None and b"Booting worker" not in log.read_bytes():
            time.sleep(0.02)
        if process.poll() is not None:
            return Result(code=1, output=log.read_text())
        self.processes[colour] = process
        return Result(code=0, output="")

    def steady(self, colour: str) -> bool:
        return self.active(colour)

    def stop(self, colour: str, wait: bool = True) -> None:
        process = self.processes.pop(colour, None)
        if process:
            process.terminate()
            process.wait(20)

    def active(self, colour: str) -> bool:
        return colour in self.processes

    def boot(self, colour: str, wanted: bool) -> None:
        """Nothing boots here."""

    def journal(self, colour: str) -> str:
        return (self.paths.root / f"{colour}.log").read_text()

    def units(self) -> list[dict[str, str]]:
        return []

    @property
    def beside(self) -> FileUnits:
        return FileUnits(self.paths.root / "beside.json")


GUNICORN = """
import os
from slipway_production.probe import require_answer

bind = os.environ["BIND"]
chdir = os.environ["SLIPWAY_CHDIR"]
reuse_port = True
preload_app = True
control_socket_disable = True
workers = 1

def on_starting(server):
    require_answer(server.app.wsgi())"""
