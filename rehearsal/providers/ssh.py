"""SSH as pulumi-command dials it: the same retries, the same host key check, the same words when it fails.

Source of the numbers and texts: pulumi-command 1.2.1, provider/pkg/provider/remote/connection.go.
"""

import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paramiko

from rehearsal.errors import RehearsalError
from rehearsal.providers.values import Values

DIAL_LIMIT = 10
DIAL_SECONDS = 15
# pulumi/sdk go/common/util/retry: the first delay, its growth, its ceiling.
FIRST_DELAY, GROWTH, LAST_DELAY = 0.1, 1.5, 5.0


@contextmanager
def connection(inputs: Values, mutter: Callable[[str], None]) -> Iterator[paramiko.Transport]:
    """An authenticated connection to a Connection's host; `mutter` hears of each attempt that failed."""
    limit, tries, delay = inputs.get("dialErrorLimit", DIAL_LIMIT), 0, FIRST_DELAY
    while True:
        try:
            transport = _dial(inputs)
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


def _dial(inputs: Values) -> paramiko.Transport:
    timeout = inputs.get("perDialTimeout", DIAL_SECONDS) or None
    plug = socket.create_connection((inputs["host"], inputs.get("port", 22)), timeout=timeout)
    transport = paramiko.Transport(plug)
    try:
        expected = inputs.get("hostKey")
        if expected:
            transport.get_security_options().key_types = (expected.split()[0],)
        transport.start_client(timeout=timeout)
        if expected and transport.get_remote_server_key().get_base64() != expected.split()[1]:
            raise paramiko.SSHException("host key mismatch")
        _authenticate(transport, inputs)
    except BaseException:
        transport.close()
        raise
    return transport


def _authenticate(transport: paramiko.Transport, inputs: Values) -> None:
    user = inputs.get("user", "root")
    if key := inputs.get("privateKey"):
        transport.auth_publickey(user, _key(key, inputs.get("privateKeyPassword")))
    else:
        transport.auth_password(user, inputs.get("password", ""))


def _key(text: str, password: str | None) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text), password)
        except paramiko.SSHException:
            continue
    raise RehearsalError("ssh: no key found: privateKey of the connection is no private key in OpenSSH's format")


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
