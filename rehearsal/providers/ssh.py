"""SSH as pulumi-command dials it: the same retries, the same host key check, the same words when it fails.

Source of the numbers and texts: pulumi-command 1.2.1, provider/pkg/provider/remote/connection.go.
"""

import base64
import io
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import paramiko
from paramiko.common import MSG_CHANNEL_REQUEST

from rehearsal.errors import RehearsalError
from rehearsal.providers.values import Values

DIAL_LIMIT = 10
DIAL_SECONDS = 15
# pulumi/sdk go/common/util/retry: the first delay, its growth, its ceiling.
FIRST_DELAY, GROWTH, LAST_DELAY = 0.1, 1.5, 5.0
# What paramiko finds worth telling, tracebacks included, is told in a sentence by whoever dialled.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


def _on_request(channel: paramiko.Channel, message: paramiko.Message) -> None:
    place = message.packet.tell()
    if message.get_text() == "exit-signal" and isinstance(channel.transport, Transport):
        message.get_boolean()
        channel.transport.signal = message.get_text()
    message.packet.seek(place)
    vars(paramiko.Channel)["_handle_request"](channel, message)


class Transport(paramiko.Transport):
    """One connection for one command; remembers the signal that ended the command, which paramiko skips."""

    signal = ""
    # Private to paramiko, so that its types do not tell of it.
    _channel_handler_table: ClassVar[dict[int, Any]] = {
        **vars(paramiko.Transport)["_channel_handler_table"],
        MSG_CHANNEL_REQUEST: _on_request,
    }


@contextmanager
def connection(inputs: Values, mutter: Callable[[str], None]) -> Iterator[Transport]:
    """An authenticated connection to a Connection's host; `mutter` hears of each attempt that failed."""
    own = _private_key(inputs["privateKey"], inputs.get("privateKeyPassword")) if inputs.get("privateKey") else None
    expected = _host_key(inputs["hostKey"]) if inputs.get("hostKey") else None
    limit, tries, delay = inputs.get("dialErrorLimit", DIAL_LIMIT), 0, FIRST_DELAY
    while True:
        try:
            transport = _dial(inputs, own, expected)
            break
        except (OSError, paramiko.SSHException, EOFError) as error:
            tries += 1
            if -1 < limit < tries:
                raise RehearsalError(f"after {limit} failed attempts: {_words(inputs, error)}") from None
            mutter(f"Dial {tries}/{'inf' if limit == -1 else limit} failed: retrying")
            time.sleep(delay)
            delay = min(delay * GROWTH, LAST_DELAY)
    try:
        yield transport
    finally:
        transport.close()


def _dial(inputs: Values, own: paramiko.PKey | None, expected: paramiko.PKey | None) -> Transport:
    timeout = inputs.get("perDialTimeout", DIAL_SECONDS) or None
    plug = socket.create_connection((inputs["host"], inputs.get("port", 22)), timeout=timeout)
    transport = Transport(plug)
    try:
        if expected:
            transport.get_security_options().key_types = (expected.get_name(),)
        transport.start_client(timeout=timeout)
        if expected and transport.get_remote_server_key() != expected:
            raise paramiko.SSHException("host key mismatch")
        user = inputs.get("user", "root")
        if own:
            transport.auth_publickey(user, own)
        else:
            transport.auth_password(user, inputs.get("password", ""))
    except BaseException:
        transport.close()
        raise
    return transport


def _private_key(text: str, password: str | None) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text), password)
        except (paramiko.SSHException, ValueError):
            continue
    raise RehearsalError("ssh: no key found: privateKey of the connection is no private key in OpenSSH's format")


def _host_key(text: str) -> paramiko.PKey:
    try:
        kind, data = text.split()[:2]
        return paramiko.PKey.from_type_string(kind, base64.b64decode(data, validate=True))
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, ValueError):
        raise RehearsalError(
            "failed to parse host key: ssh: no key found: hostKey of the connection is no OpenSSH public key"
        ) from None


def _words(inputs: Values, error: Exception) -> str:
    """The failure, as Go's SSH client says it."""
    endpoint = f"{inputs['host']}:{inputs.get('port', 22)}"
    if isinstance(error, paramiko.AuthenticationException):
        return (
            "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], "
            "no supported methods remain"
        )
    if isinstance(error, TimeoutError):
        return f"dial tcp {endpoint}: i/o timeout"
    if isinstance(error, ConnectionRefusedError):
        return f"dial tcp {endpoint}: connect: connection refused"
    if isinstance(error, OSError):
        return f"dial tcp {endpoint}: connect: {(error.strerror or str(error)).lower()}"
    return f"ssh: handshake failed: ssh: {error}"
