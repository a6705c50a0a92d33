"""A port of this computer whose connections become commands."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator

import pulumi
import pytest

from components.tunnel import HOST, Tunnel, taken

ECHO = [sys.executable, "-c", "import os\nwhile data := os.read(0, 999): os.write(1, data.upper())"]
REFUSES = [sys.executable, "-c", "import sys; sys.exit('\\nAn error occurred (TargetNotConnected)\\n')"]


@pytest.fixture
def port() -> int:
    with socket.create_server((HOST, 0)) as plug:
        return int(plug.getsockname()[1])


@pytest.fixture
def tunnel(port: int) -> Iterator[Tunnel]:
    opened = Tunnel(port)
    yield opened
    opened.close()


def talk(port: int, data: bytes) -> bytes:
    """What comes back for what is sent."""
    with socket.create_connection((HOST, port), timeout=10) as plug:
        plug.sendall(data)
        plug.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: plug.recv(999), b""))


def soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not (answer := true()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return answer


def test_each_connection_is_a_command_of_its_own(tunnel: Tunnel, port: int) -> None:
    tunnel.lead(ECHO, print)
    with socket.create_connection((HOST, port), timeout=10) as first:
        first.sendall(b"first")
        assert talk(port, b"second") == b"SECOND"
        assert first.recv(999) == b"FIRST"


def test_a_connection_waits_until_it_is_known_where_to(tunnel: Tunnel, port: int) -> None:
    with socket.create_connection((HOST, port), timeout=10) as early:
        early.sendall(b"early")
        tunnel.lead(ECHO, print)
        assert early.recv(999) == b"EARLY"


def test_a_command_ends_with_its_connection(tunnel: Tunnel, port: int) -> None:
    ended: list[str] = []
    tunnel.lead([sys.executable, "-c", "import os, sys; os.read(0, 1); sys.exit('over')"], ended.append)
    socket.create_connection((HOST, port), timeout=10).close()
    assert soon(lambda: ended == ["over"]), ended


def test_what_a_command_complains_of_is_told_once(tunnel: Tunnel, port: int) -> None:
    told: list[str] = []
    tunnel.lead(REFUSES, told.append)
    assert [talk(port, b"") for _ in range(3)] == [b"", b"", b""]
    assert soon(lambda: bool(told))
    assert told == ["An error occurred (TargetNotConnected)"]


def test_a_port_that_somebody_has_stops_the_program_with_a_sentence(tunnel: Tunnel, port: int) -> None:
    with pytest.raises(pulumi.RunError) as stopped:
        Tunnel(port)
    assert str(stopped.value) == taken(port, "Address already in use")
    assert taken(20000, "Address already in use") == (
        "Port 20000 of 127.0.0.1 is not to be had (Address already in use), and the steps of this stack reach the "
        "server through it: end what listens there (lsof -i :20000 names it). The port follows from the names of "
        "project and stack, for a step runs again where its connection changes."
    )
