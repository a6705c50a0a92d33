"""Makes a release's virtual environment with uv."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slipway_host import additions, explain, pinned, versions
from slipway_host.errors import Failure, tail
from slipway_host.paths import Paths
from slipway_host.plan import Plan
from slipway_host.run import BASE, Result, run

# How this host reaches package registries.
PASSED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "SSL_CERT_FILE")
# A requirement that applies to no Python: as an override it takes the package out.
WITHOUT = "without-psycopg2.txt"
NEVER = "psycopg2 ; python_version < '0'\n"


def registries() -> dict[str, str]:
    """What the caller's environment says of them."""
    return {name: value for name, value in os.environ.items() if name.upper() in PASSED_ON}


@dataclass(frozen=True, kw_only=True)
class Venv:
    """A virtual environment at a path, and the uv that fills it."""

    path: Path
    paths: Paths

    @property
    def python(self) -> Path:
        return self.path / "bin/python"

    @property
    def environment(self) -> dict[str, str]:
        return {
            # uv takes the first suitable Python on the path: the machine's own, wherever that is.
            "PATH": f"{self.paths.python.parent}:{BASE['PATH']}",
            "UV_CACHE_DIR": str(self.paths.cache / "uv"),
            "UV_PYTHON_INSTALL_DIR": str(self.paths.cache / "python"),
            "UV_PROJECT_ENVIRONMENT": str(self.path),
            "UV_NO_PROGRESS": "1",
            # A linked file would be the cache's, too, and so the builder's.
            "UV_LINK_MODE": "copy" if self.paths.builder else "hardlink",
            # The machine's certificates, not a bundle of uv's own.
            "UV_SYSTEM_CERTS": "1",
            "HOME": str(self.paths.cache),
            **registries(),
        }

    def uv(self, *arguments: str | Path, folder: Path) -> Result:
        return run(
            [self.paths.uv, *arguments],
            environment=self.environment,
            user=self.paths.builder,
            group=self.paths.user,
            folder=folder,
        )

    def create(self, plan: Plan) -> None:
        """With the Python that .python-version names, else the machine's where the project allows it, else uv's."""
        if plan.python is not None:
            if self.made(plan.python).ok:
                return
            if plan.requires_python is None:
                raise Failure(no_python(f"{plan.python} in {pinned.FILE}", f"name another one in {pinned.FILE}"))
            print(f"prepare: Python {plan.python}, which {pinned.FILE} names, could not be had")
        result = self.made(plan.requires_python)
        if result.ok:
            return
        if plan.requires_python is None:
            raise Failure(
                f"This host's {self.paths.python} cannot make a Python environment: correct what the last lines name.",
                tail(result.output),
            )
        remedy = "allow it in requires-python (or the Pipfile)"
        raise Failure(no_python(plan.requires_python, remedy), tail(result.output))

    def made(self, wanted: str | None) -> Result:
        """An empty environment with this Python, from the machine or fetched by uv; None is the machine's own."""
        python = wanted or str(self.paths.python)
        arguments = ("venv", "-q", "--clear", "--python", python)
        here = self.uv(*arguments, "--no-python-downloads", self.path, folder=self.path.parent)
        if here.ok or wanted is None:
            return here
        return self.uv(*arguments, "--managed-python", self.path, folder=self.path.parent)

    @property
    def folders(self) -> list[Path]:
        """Those in which uv makes files when it adds a package."""
        return [self.path, self.path / "bin", *self.path.glob("lib/python*/site-packages")]

    def copy(self, other: Venv) -> None:
        """Becomes like another environment, which stays as it is: the same files, but those that name their place."""
        copied = run(["cp", "--archive", "--link", other.path, self.path])
        if not copied.ok:
            raise Failure("The packages of the release before cannot be copied.", tail(copied.output))
        old, new = os.fsencode(other.path), os.fsencode(self.path)
        for path in [self.path / "pyvenv.cfg", *(self.path / "bin").iterdir()]:
            if path.is_file() and not path.is_symlink() and old in (text := path.read_bytes()):
                mode = path.stat().st_mode & 0o777
                path.unlink()  # It is the other one's, too.
                path.write_bytes(text.replace(old, new))
                path.chmod(mode)

    def install(self, plan: Plan, scratch: Path) -> bool:
        """What the plan asks for. True where psycopg2 was left out, since this host has nothing to compile it with."""
        for name, text in plan.files:
            (scratch / name).write_text(text)
        made = {name: str(scratch / name) for name, _ in plan.files}
        if plan.sync is not None:
            command, without = ("sync", *plan.sync), ("--no-install-package", "psycopg2")
        else:
            command = ("pip", "install", *(made.get(word, word) for word in plan.install))
            without = ("--overrides", str(scratch / WITHOUT))
        result = self.fill(command, plan.folder)
        left_out = not result.ok and explain.wants_compiler_for_psycopg2(result.output)
        if left_out:
            (scratch / WITHOUT).write_text(NEVER)
            result = self.fill((*command, *without), plan.folder)
        if not result.ok:
            raise Failure(explain.install(plan.said, result.output), tail(result.output))
        return left_out

    def install_package(self, plan: Plan) -> str | None:
        """The project itself, in place, where it is a package; what went wrong, since it may do without."""
        if not plan.package:
            return None
        result = self.fill(("pip", "install", "--no-deps", "--editable", "."), plan.folder)
        return None if result.ok else tail(result.output, 3)

    def add_missing(self, *, psycopg2_left_out: bool = False) -> list[str]:
        """Adds gunicorn and a Postgres driver where the project brings none; returns what was added, for people."""
        wanted = additions.wanted(self.installed(), compiled=psycopg2_left_out)
        for addition in wanted:
            result = self.fill(("pip", "install", "-r", str(additions.FOLDER / addition.file)), self.path)
            if not result.ok:
                raise Failure(f"{addition.said} could not be added to the project's packages.", tail(result.output))
        return [addition.said for addition in wanted]

    def fill(self, command: Sequence[str], folder: Path) -> Result:
        """Relative names in a command are looked up in `folder`, where the project has its files."""
        return self.uv(*command, "-q", "--python", self.python, folder=folder)

    def installed(self) -> dict[str, str]:
        """Names (normalised) and versions of what is in the environment."""
        return versions.installed(path.name for path in self.path.glob("lib/python*/site-packages/*.dist-info"))

    def compile(self, *folders: Path) -> None:
        """Byte code now, since nobody may write beside the sources later. Files that are no Python 3 are left."""
        # Without site, whose .pth files are code of packages: this runs as root.
        run([self.python, "-I", "-S", "-m", "compileall", "-q", "-j", "0", *folders])


def no_python(asked: str, remedy: str) -> str:
    return (
        f"The project asks for Python {asked}, this host has {explain.python_version()} and no other could be had: "
        f"{remedy} of the project."
    )
