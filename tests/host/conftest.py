"""The host package is not installed anywhere: the tests import it from its folder, as its launcher does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host import host_postgres

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "host"))


@pytest.fixture
def root() -> Iterator[Path]:
    """The root of an empty host."""
    # Only when it is needed: it imports the host package.
    from tests.host.host_standins import folder_for_everybody

    with folder_for_everybody() as folder:
        yield folder


@pytest.fixture
def small_disk(root: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", root]).returncode:
        pytest.skip("a file system of 1 MB needs the right to mount one")
    yield root
    subprocess.run(["umount", root], check=True)


@pytest.fixture(scope="session")
def uv() -> Path:
    """The uv of the development environment."""
    found = Path(sys.executable).with_name("uv")
    if not found.exists():
        pytest.skip("uv is not in this environment: install requirements-dev.txt")
    return found


@pytest.fixture(scope="session")
def app_user() -> str | None:
    """Somebody else than root to run project code as; None where the tests are not root themselves."""
    return "www-data" if os.geteuid() == 0 else None


@pytest.fixture(scope="session")
def migrator() -> str | None:
    """Somebody else again, to run migrations as."""
    return "nobody" if os.geteuid() == 0 else None


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate, with its key, that nobody trusts and that ends in twenty days."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 20 -subj /CN=x -keyout {path}"
    )
    made = subprocess.run([*command.split(), "-out", "-"], capture_output=True, text=True, check=True)
    with path.open("a") as file:
        file.write(made.stdout)
    return path


@pytest.fixture(scope="session")
def database_server() -> Iterator[host_postgres.Postgres]:
    """A real Postgres; skipped where none is installed."""
    programs = host_postgres.binaries()
    if programs is None:
        pytest.skip("no Postgres server here: apt-get install postgresql")
    with host_postgres.running(programs) as server:
        yield server
