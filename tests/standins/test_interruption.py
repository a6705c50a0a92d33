"""What Ctrl-C does, before the engine works and while it does."""

import os
import signal
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
