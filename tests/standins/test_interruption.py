"""What Ctrl-C does, before the engine works and while it does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from rehearsal.interruption import Interrupted, listen, patience


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    listen()
    yield
    signal.signal(signal.SIGINT, before)


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_ends_the_command() -> None:
    with pytest.raises(Interrupted):
        press()


def test_while_the_engine_works_it_is_left_to_stop_by_itself() -> None:
    with patience() as noted:
        press()
        press()
        assert noted == [signal.SIGINT, signal.SIGINT]
    with pytest.raises(Interrupted):
        press()


def test_a_third_one_waits_no_longer() -> None:
    with pytest.raises(Interrupted), patience():
        press()
        press()
        press()


def test_an_impatient_ctrl_c_meets_no_traceback() -> None:
    program = "import os, signal, sys; from rehearsal.cli import main; sys.meta_path.insert(0, Key()); main()"
    # Pressed while the command's libraries are being loaded.
    key = (
        "class Key:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
    )
    done = subprocess.run([sys.executable, "-c", key + program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        130,
        "\nInterrupted: run the same command again, it continues from here.\n",
    )
