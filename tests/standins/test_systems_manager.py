"""A session with a machine is to be had only where its agent reports, with the rights that the role has."""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import aws_command, commands, front, sessions, tokens
from rehearsal.agent import amazon_ssm_agent, package
from rehearsal.aws_command import Failure
from rehearsal.credentials import Mint
from rehearsal.homes import Home
from rehearsal.ledger import Ledger
from rehearsal.shell import run
from rehearsal.signatures import Refused
from rehearsal.systems_manager import CHANNELS, SystemsManager
from tests.standins import clouds

REGION = clouds.REGION
HOST = f"ssm.{REGION}.amazonaws.com"
START = ["ssm", "start-session", "--target", "i-1", "--document-name", "AWS-StartSSHSession"]
SSH = [*START, "--parameters", "portNumber=22", "--region", REGION]


@pytest.fixture
def manager(tmp_path: Path) -> SystemsManager:
    """Systems Manager, and an instance whose role has what an agent needs."""
    (tmp_path / "services").mkdir()
    ledger = Ledger(tmp_path / "ledger.json")
    machine = clouds.machine("m1", "10.0.0.4", "subnet-1", "sg-1")
    ledger.put(tokens.INSTANCE, "i-1", {**machine, "inputs": {"iamInstanceProfile": "web"}})
    ledger.put(tokens.INSTANCE_PROFILE, "web", {"role": "web", "inputs": {}})
    allow(ledger, "ssm:UpdateInstanceInformation", *CHANNELS)
    return SystemsManager(folder=tmp_path, region=REGION)


def allow(ledger: Ledger, *actions: str) -> None:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    ledger.put(
        tokens.ROLE_POLICY, "web:rights", {"role": "web", "inputs": {"policy": json.dumps({"Statement": statement})}}
    )


def report(manager: SystemsManager, instance: str = "i-1", *, secret: str = "") -> None:
    """As the stand-in agent does it."""
    made = Mint(path=manager.folder / "services" / "credentials.key").issue("i-1")
    keys = {"AccessKeyId": made.access_key, "SecretAccessKey": secret or made.secret_key, "Token": made.token}
    body = json.dumps({"InstanceId": instance})
    manager.hear(amazon_ssm_agent.signed(keys, HOST, REGION, body, time.gmtime()), body.encode())


def test_an_agent_that_reports_is_connected_until_it_falls_silent(manager: SystemsManager) -> None:
    assert not manager.connected("i-1")
    report(manager)
    assert manager.connected("i-1") and not manager.connected("i-2")
    mark = manager.folder / "reported" / "agents" / "i-1"
    os.utime(mark, (time.time() - 16,) * 2)
    assert not manager.connected("i-1")


@pytest.mark.parametrize("missing", CHANNELS)
def test_an_agent_without_a_right_to_its_channels_is_not_connected(manager: SystemsManager, missing: str) -> None:
    report(manager)
    rest = [action for action in CHANNELS if action != missing]
    allow(Ledger(manager.folder / "ledger.json"), "ssm:UpdateInstanceInformation", *rest)
    assert not manager.connected("i-1")


def test_a_report_is_refused_without_the_right_or_with_a_wrong_signature_or_about_another(
    manager: SystemsManager,
) -> None:
    with pytest.raises(Refused) as forged:
        report(manager, secret="0" * 64)
    with pytest.raises(Refused) as other:
        report(manager, "i-2")
    allow(Ledger(manager.folder / "ledger.json"), *CHANNELS)
    with pytest.raises(Refused) as denied:
        report(manager)
    found = [error.value.code for error in (forged, other, denied)]
    assert found == ["InvalidSignatureException", "InvalidInstanceId", "AccessDeniedException"]
    assert not manager.connected("i-1")


def test_the_machine_of_a_connected_instance_is_found(manager: SystemsManager) -> None:
    report(manager)
    assert aws_command.device_of(manager.folder, REGION, aws_command.asked(SSH, REGION)) == "m1"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["s3", "ls"], 252, "argument service: invalid choice: 's3'"),
        (START[:4], 252, "the following arguments are required: --document-name, --parameters"),
        ([*START[:5], "AWS-StartInteractiveCommand", *SSH[6:]], 252, "argument --document-name: invalid choice"),
        ([*SSH[:-1], "us-east-1"], 254, "(InvalidTarget) when calling the StartSession operation: i-1 is not in us-"),
    ],
)
def test_any_other_request_is_refused(arguments: list[str], code: int, words: str) -> None:
    with pytest.raises(Failure) as failure:
        aws_command.asked(arguments, REGION)
    assert failure.value.code == code and words in str(failure.value)


def test_what_is_not_connected_is_refused_as_aws_does(
    manager: SystemsManager, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aws_command.main(str(manager.folder), "slw7", REGION, *SSH) == 254
    assert capsys.readouterr().err == (
        "\nAn error occurred (TargetNotConnected) when calling the StartSession operation: i-1 is not connected.\n"
    )
    assert sessions.count(manager.folder) == 0


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says everything again."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            plug, _ = door.accept()
            with plug:
                while data := plug.recv(65536):
                    plug.sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(door.getsockname()[1])
        thread.join()


def test_a_session_passes_everything_both_ways_and_ends_with_its_input(echo: int) -> None:
    data = os.urandom(1_000_000)
    (source, feed), (tap, sink) = os.pipe(), os.pipe()
    with socket.create_connection(("127.0.0.1", echo), timeout=10) as plug:
        pumping = threading.Thread(target=aws_command.pump, args=(plug, source, sink))
        pumping.start()
        writing = threading.Thread(target=aws_command.write, args=(feed, data))
        writing.start()
        with open(tap, "rb", closefd=False) as heard:
            assert heard.read(len(data)) == data
        writing.join()
        os.close(feed)
        pumping.join(timeout=10)
        assert not pumping.is_alive()
    for end in (source, tap, sink):
        os.close(end)


def test_sessions_are_counted(manager: SystemsManager) -> None:
    sessions.note(manager.folder, "i-1")
    sessions.note(manager.folder, "i-1")
    assert sessions.count(manager.folder) == 2


def test_the_agent_s_package_is_one_that_debian_takes(tmp_path: Path) -> None:
    path = tmp_path / "agent.deb"
    path.write_bytes(package.built())
    assert run(["dpkg-deb", "--field", str(path), "Package"]).strip() == "amazon-ssm-agent"
    listed = {line.split()[-1]: line.split()[:2] for line in run(["dpkg-deb", "--contents", str(path)]).splitlines()}
    assert listed["./usr/bin/amazon-ssm-agent"] == ["-rwxr-xr-x", "root/root"]
    assert "./usr/lib/systemd/system/amazon-ssm-agent.service" in listed


def test_the_bucket_of_the_region_has_it_for_both_architectures() -> None:
    assert front.agent_pages(REGION) == [
        (f"s3.{REGION}.amazonaws.com", f"/amazon-ssm-{REGION}/latest/debian_{architecture}/amazon-ssm-agent.deb")
        for architecture in ("amd64", "arm64")
    ]
    assert {f"s3.{REGION}.amazonaws.com", HOST} < set(front.names(REGION))


def test_the_program_finds_the_stand_in_commands_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(project=tmp_path, stack="local", slot=7, path=tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin")
    for _ in range(2):
        commands.provide(home, REGION)
        assert os.environ["PATH"] == f"{tmp_path}/commands:/usr/bin"
    text = (tmp_path / "commands" / "aws").read_text()
    assert text == f'#!/bin/sh\nexec {sys.executable} -m rehearsal.aws_command {tmp_path} slw7 {REGION} "$@"\n'
    assert (tmp_path / "commands" / "session-manager-plugin").stat().st_mode & 0o777 == 0o755
    assert commands.in_rehearsal(home, "aws ssm start-session") == f"{tmp_path}/commands/aws ssm start-session"
    assert commands.in_rehearsal(home, "none") == "none"
