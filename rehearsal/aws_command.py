"""The command `aws` of a rehearsal: `aws ssm start-session` for SSH, and nothing else.

Run as `python -m rehearsal.aws_command FOLDER NAMESPACES REGION ARGUMENTS…`; NAMESPACES is what the network
namespaces of the rehearsal begin with.
"""

import argparse
import ctypes
import os
import secrets
import select
import socket
import sys
from pathlib import Path

from rehearsal import sessions, tokens
from rehearsal.ledger import Ledger
from rehearsal.systems_manager import SystemsManager

# Exit codes of the AWS CLI: a command line it does not take, and an error of the service's.
USAGE, SERVICE = 252, 254
NETWORK_NAMESPACE = 0x40000000  # CLONE_NEWNET of setns(2)
CHUNK = 65536
SSH_DOCUMENT, SSH_PARAMETERS = "AWS-StartSSHSession", "portNumber=22"


class Failure(Exception):
    """What the AWS CLI would print, and its exit code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise Failure(USAGE, f"aws: [ERROR]: {message} (this is a rehearsal's stand-in for the AWS CLI)")


def asked(arguments: list[str], region: str) -> str:
    """The instance that a session is asked for; Failure for any other request."""
    parser = Parser(prog="aws", add_help=False)
    parser.add_argument("service", choices=["ssm"])
    parser.add_argument("operation", choices=["start-session"])
    parser.add_argument("--target", required=True)
    parser.add_argument("--document-name", required=True, choices=[SSH_DOCUMENT])
    parser.add_argument("--parameters", required=True, choices=[SSH_PARAMETERS])
    parser.add_argument("--region", default=region)
    parser.add_argument("--profile")
    given = parser.parse_args(arguments)
    if given.region != region:
        raise _refusal("InvalidTarget", f"{given.target} is not in {given.region}.")
    return str(given.target)


def device_of(folder: Path, region: str, instance: str) -> str:
    """The machine behind a connected instance; Failure as AWS has it for one that is not."""
    entry = Ledger(folder / "ledger.json").find(tokens.INSTANCE, instance)
    if entry is None or not SystemsManager(folder=folder, region=region).connected(instance):
        raise _refusal("TargetNotConnected", f"{instance} is not connected.")
    return str(entry.facts["device"])


def _refusal(code: str, words: str) -> Failure:
    return Failure(SERVICE, f"\nAn error occurred ({code}) when calling the StartSession operation: {words}")


def inside(namespace: Path) -> socket.socket:
    """A connection to SSH from within the machine, as its agent makes it: no security group is in the way."""
    with namespace.open() as wires:
        if ctypes.CDLL(None, use_errno=True).setns(wires.fileno(), NETWORK_NAMESPACE):
            raise Failure(SERVICE, f"A rehearsal's machines are root's: {os.strerror(ctypes.get_errno())}.")
    return socket.create_connection(("127.0.0.1", 22), timeout=5)


def pump(plug: socket.socket, source: int, sink: int) -> None:
    """Pass bytes both ways until one side ends, which ends the session."""
    plug.setblocking(True)
    while True:
        for end in select.select([source, plug.fileno()], [], [])[0]:
            data = os.read(source, CHUNK) if end == source else plug.recv(CHUNK)
            if not data:
                return
            if end == source:
                plug.sendall(data)
            else:
                write(sink, data)


def write(sink: int, data: bytes) -> None:
    while data:
        data = data[os.write(sink, data) :]


def main(folder: str, namespaces: str, region: str, *arguments: str) -> int:
    try:
        instance = asked(list(arguments), region)
        device = device_of(Path(folder), region, instance)
        with inside(Path(f"/run/netns/{namespaces}-{device}")) as plug:
            sessions.note(Path(folder), instance)
            # Amazon's plugin says so on standard output: SSH takes lines before its own first one.
            write(1, f"\nStarting session with SessionId: rehearsal-{secrets.token_hex(8)}\n".encode())
            pump(plug, 0, 1)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return failure.code
    except OSError as error:
        print(_refusal("InternalServerError", f"SSH of the machine does not answer: {error}"), file=sys.stderr)
        return SERVICE
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
