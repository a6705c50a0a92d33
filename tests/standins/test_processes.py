"""A long-lived process is in a control group of its own, and no part of it outlives its end."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import processes
from rehearsal.errors import RehearsalError

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="control groups are root's"),
    # They are meant to outlive whoever started them.
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
]
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sh", "-c", "trap '' TERM; setsid sleep 1000 & sleep 1000"], start_new_session=True)
print("ready", flush=True)
time.sleep(1000)
"""


@pytest.fixture
def name() -> Iterator[str]:
    name = f"slwtest{os.getpid()}-it"
    try:
        processes.hierarchies()[0].joinpath(name).mkdir()
    except (RehearsalError, OSError) as error:
        pytest.skip(f"no control groups can be made here: {error}")
    yield name
    processes.stop(name)


def started(name: str, log: Path, script: str) -> None:
    processes.start(name, [sys.executable, "-c", script], log)
    deadline = time.monotonic() + 10
    while "ready" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def test_one_that_ignores_sigterm_goes_with_all_its_children(name: str, tmp_path: Path) -> None:
    started(name, tmp_path / "log", STUBBORN)
    deadline = time.monotonic() + 5
    while len(processes.pids(name)) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    left = processes.pids(name)
    assert len(left) >= 3 and os.getpid() not in left
    processes.stop(name)
    assert not any(Path(f"/proc/{pid}").exists() for pid in left if not _is_zombie(pid))
    assert not any(branch.exists() for branch in processes.groups(name))


def test_what_it_says_is_in_its_log(name: str, tmp_path: Path) -> None:
    started(name, tmp_path / "log", "import sys; print('ready', flush=True); print('oh', file=sys.stderr)")
    deadline = time.monotonic() + 5
    while processes.pids(name) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (tmp_path / "log").read_text() == "ready\noh\n"


def test_to_stop_what_never_ran_is_no_failure(name: str) -> None:
    processes.stop(name)
    processes.stop(name)
    assert processes.named(name.removesuffix("-it")) == set()


def test_a_program_that_is_not_installed_is_a_sentence_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(RehearsalError) as error:
        processes.start(name, ["no-such-program"], tmp_path / "log")
    assert str(error.value) == "no-such-program is not installed: run `make up`, which installs what it needs."
    assert not any(branch.exists() for branch in processes.groups(name))


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except OSError:
        return False
