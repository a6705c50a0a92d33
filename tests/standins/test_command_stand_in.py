"""Where the stand-in for pulumi-command differs from the official plugin on purpose: it refuses by name."""

import socket
import threading

import grpc
import pytest

from tests.standins.provider_calls import Provider, refusal
from tests.standins.sshd import Sshd

COMMAND = "command:remote:Command"


def test_environment_is_no_known_input(stand_in: Provider, server: Sshd) -> None:
    inputs = {"connection": server.connection(), "create": "true", "environment": {"A": "b"}}
    _, failures = stand_in.check(COMMAND, inputs)
    assert failures == [f"environment: the rehearsal's stand-in for {COMMAND} does not know this input"]


def test_a_proxy_is_no_known_input(stand_in: Provider, server: Sshd) -> None:
    _, failures = stand_in.check(COMMAND, {"connection": server.connection(proxy={"host": "bastion"})})
    assert failures == [f"connection.proxy: the rehearsal's stand-in for {COMMAND} does not know this input"]


def test_a_server_that_hangs_up_leaves_no_traceback_on_the_screen(
    stand_in: Provider, server: Sshd, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:
        threading.Thread(target=_hang_up_twice, args=(rude,), daemon=True).start()
        connection = server.connection(port=rude.getsockname()[1])
        with pytest.raises(grpc.RpcError) as error:
            stand_in.create(COMMAND, {"connection": connection, "create": "true"})
    assert refusal(error).startswith("after 1 failed attempts: ")
    assert capfd.readouterr().err == ""


def _hang_up_twice(listener: socket.socket) -> None:
    for _ in range(2):
        listener.accept()[0].close()
