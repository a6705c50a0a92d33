"""`setup.sh` makes the Python environment from the lock file, costs nothing the second time, and repairs what broke."""

import fcntl
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rehearsal import bootstrap, registry
from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress

REPOSITORY = Path(bootstrap.__file__).parents[1]
LOCK = "setuptools==1 \\\n    --hash=sha256:aa\nuv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\nzipp==2\n"
# Stands for the system's Python: it makes a .venv whose python and uv note how they are called.
PYTHON = """#!/bin/sh
[ "$1" = -c ] && exit OLD
echo "system $*" >>calls
rm -rf .venv
mkdir -p .venv/bin
printf '#!/bin/sh\\necho "python $*" >>calls\\n' >.venv/bin/python
printf '#!/bin/sh\\necho "uv $*" >>calls\\nUV\\n' >.venv/bin/uv
chmod +x .venv/bin/python .venv/bin/uv
"""
SYNC = [
    "uv pip sync --python .venv/bin/python --require-hashes requirements-dev.txt",
    "uv pip install --python .venv/bin/python --no-deps --no-build-isolation --editable .",
]
VENV = "system -m venv --clear .venv"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a small lock file."""
    folder = tmp_path / "my project"
    folder.mkdir()
    shutil.copy(REPOSITORY / "setup.sh", folder)
    (folder / "rehearsal").symlink_to(REPOSITORY / "rehearsal")
    (folder / "requirements-dev.txt").write_text(LOCK)
    (folder / "pyproject.toml").write_text("")
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    python(tmp_path, monkeypatch)
    return folder


def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uv: str = "") -> None:
    """Let the fake above be the Python that setup runs under."""
    fake = tmp_path / "python"
    fake.write_text(PYTHON.replace("UV", uv).replace("OLD", "0"))
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))


def make(project: Path, lock: str = "1") -> str:
    """Run the setup for a stamp of this folder; what it said."""
    said = io.StringIO()
    bootstrap.make(project, f"{project} {lock}  -", Progress(said, interval=60))
    return said.getvalue()


def calls(project: Path) -> list[str]:
    """Every command since the last time it was asked, the name of pip's temporary file left out."""
    lines = (project / "calls").read_text().splitlines() if (project / "calls").exists() else []
    (project / "calls").unlink(missing_ok=True)
    return [line.partition(" -r ")[0] for line in lines]


PIP = "python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps"


def test_a_fresh_checkout_gets_uv_then_the_locked_packages_then_the_command(project: Path) -> None:
    said = make(project)
    assert calls(project) == [VENV, PIP, *SYNC]
    assert said == f"Making the Python environment .venv with {sys.executable}\nPython environment ready: .venv\n"


def test_the_second_run_does_nothing(project: Path) -> None:
    make(project)
    calls(project)
    assert (make(project), calls(project)) == ("", [])


def test_a_new_lock_file_keeps_the_environment_and_brings_it_up_to_date(project: Path) -> None:
    make(project)
    calls(project)
    make(project, lock="2")
    assert calls(project) == [PIP, *SYNC]


def test_a_checkout_that_was_moved_gets_a_new_environment(project: Path, tmp_path: Path) -> None:
    make(project)
    moved = project.rename(tmp_path / "my project, moved")
    calls(moved)
    make(moved)
    assert calls(moved)[0] == VENV


def test_an_environment_whose_python_is_gone_is_made_anew(project: Path) -> None:
    make(project)
    calls(project)
    (project / ".venv/bin/python").unlink()
    make(project)
    assert calls(project) == [VENV, PIP, *SYNC]


def test_a_failed_step_is_told_with_its_own_words_and_the_next_run_starts_over(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python(tmp_path, monkeypatch, uv="echo hash mismatch for zipp >&2; exit 3")
    with pytest.raises(RehearsalError) as refused:
        make(project)
    assert str(refused.value) == (
        "hash mismatch for zipp\n"
        "Installing the 3 packages of requirements-dev.txt failed (exit code 3): see above, then run it again."
    )
    assert not (project / ".venv/complete").exists()
    calls(project)
    python(tmp_path, monkeypatch)
    make(project)
    assert calls(project) == [VENV, PIP, *SYNC]


def test_a_run_killed_while_it_renews_the_environment_is_repaired(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(project)
    calls(project)
    (project / ".venv/bin/uv").write_text('#!/bin/sh\nrm "$0"\nkill -9 $PPID\n')
    code = "import sys; from rehearsal.bootstrap import main; sys.argv[1:] = [STAMP]; main()"
    code = code.replace("STAMP", repr(f"{project} 2  -"))
    monkeypatch.undo()
    killed = subprocess.run([sys.executable, "-c", code], cwd=project, stderr=subprocess.DEVNULL)
    assert killed.returncode == -9
    python(tmp_path, monkeypatch)
    make(project, lock="2")
    assert calls(project)[-4:] == [VENV, PIP, *SYNC]


def test_the_second_of_two_waits_and_says_so(project: Path) -> None:
    said = io.StringIO()
    folder = os.open(project, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    second = threading.Thread(target=bootstrap.make, args=(project, f"{project} 1  -", Progress(said, interval=60)))
    second.start()
    while second.is_alive() and "waiting" not in said.getvalue():
        threading.Event().wait(0.02)
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").touch()
    (project / ".venv/complete").write_text(f"{project} 1  -")
    os.close(folder)
    second.join()
    assert said.getvalue() == "Another process is setting up .venv: waiting for it.\n"
    assert calls(project) == []


def test_a_python_without_venv_is_told_what_to_install(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RehearsalError) as refused:
        make(project)
    assert str(refused.value) == (
        f"{sys.executable} cannot make virtual environments: install its venv module "
        "(Debian, Ubuntu: apt-get install python3-venv) and run this again."
    )


def shell(project: Path, path: Path, old: bool) -> subprocess.CompletedProcess[str]:
    """Run setup.sh with a PATH of its own, on which python3 is the fake."""
    path.mkdir()
    for tool in ("cat", "dirname", "sha256sum", "rm", "mkdir", "chmod"):
        (path / tool).symlink_to(shutil.which(tool) or "")
    (path / "python3").write_text(PYTHON.replace("OLD", "1" if old else "0").replace("UV", ""))
    (path / "python3").chmod(0o755)
    return subprocess.run([project / "setup.sh"], capture_output=True, text=True, env={"PATH": str(path)})


def test_an_old_python_is_told_in_one_sentence(project: Path, tmp_path: Path) -> None:
    done = shell(project, tmp_path / "bin", old=True)
    assert done.returncode == 1
    assert done.stderr == (
        "Slipway needs Python 3.11 or newer, and no python3 here is: install it and run this again.\n"
    )


def test_the_script_gives_the_folder_and_the_lock_files_checksum_as_the_stamp(project: Path, tmp_path: Path) -> None:
    assert shell(project, tmp_path / "bin", old=False).returncode == 0
    called = (project / "calls").read_text()
    assert called.startswith(f"system -m rehearsal.bootstrap {project} ")
    stamp = called.removeprefix("system -m rehearsal.bootstrap ").removesuffix("\n")
    (project / ".venv/complete").write_text(stamp)
    assert shell(project, tmp_path / "again", old=True).returncode == 0, "a finished environment needs no Python"
    (project / "pyproject.toml").write_text("changed")
    assert shell(project, tmp_path / "changed", old=True).returncode == 1


def test_the_lock_file_pins_uv_with_its_hashes() -> None:
    assert bootstrap.pinned_uv(LOCK) == "uv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    real = bootstrap.pinned_uv((REPOSITORY / "requirements-dev.txt").read_text())
    assert "--hash=sha256:" in real
    with pytest.raises(RehearsalError, match=r"requirements-dev\.txt does not pin uv: run `make lock`"):
        bootstrap.pinned_uv("zipp==2\n")


def test_uv_reaches_the_index_that_pip_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://mirror.test/simple\ncert = /mirror.pem\n")
    for name in ("PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    told = registry.environment()
    assert (told["UV_DEFAULT_INDEX"], told["SSL_CERT_FILE"]) == ("https://mirror.test/simple", "/mirror.pem")
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.test/simple")
    assert registry.environment()["UV_DEFAULT_INDEX"] == "https://other.test/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.test/simple")
    assert registry.environment()["UV_DEFAULT_INDEX"] == "https://uv.test/simple"
