"""A stack whose server opens no port 22."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
import pytest
import yaml

from components import reach
from components.reach import FIRST_PORT, PORTS, Sessions, explained, port_of
from components.tunnel import HOST, taken
from tests.unit.recording import Recording
from tests.unit.running import run_program
from tests.unit.test_settings import findings, settings

COMMAND = (
    "aws ssm start-session --target server-instance-id --document-name AWS-StartSSHSession "
    "--parameters portNumber=22 --region eu-central-1"
)


@pytest.fixture(scope="module", autouse=True)
def port() -> Iterator[int]:
    """A free port in place of the stack's own, which the tests of another checkout may have just now."""
    with socket.create_server((HOST, 0)) as plug:
        free = int(plug.getsockname()[1])
    with patch.object(reach, "port_of", lambda stack: free):
        yield free


@pytest.fixture(scope="module")
def through(values: dict[str, Any], cache: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """An update of a stack that goes through Session Manager, on a computer that has what it takes."""
    programs = tmp_path_factory.mktemp("programs")
    for name in reach.PROGRAMS:
        (programs / name).write_text("#!/bin/sh\nexit 1\n")
        (programs / name).chmod(0o755)
    with patch.dict(os.environ, XDG_CACHE_HOME=str(cache), PATH=f"{programs}:{os.environ['PATH']}"):
        return run_program({**values, "sshThroughSessionManager": True, "adminCidrs": []})


def test_no_port_22_is_open(through: Recording) -> None:
    rules = through.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert {rule.inputs["fromPort"] for rule in rules} == {80, 443, 5432}


def test_networks_that_are_named_all_the_same_open_nothing_and_are_warned_of() -> None:
    both = settings(ssh_through_session_manager=True, admin_cidrs=["203.0.113.7/32"])
    assert both.ssh_networks() == ()
    assert both.warnings() == ["slipway:adminCidrs opens nothing while sshThroughSessionManager is true; empty it."]


def test_no_network_need_be_named() -> None:
    assert findings(ssh_through_session_manager=True, admin_cidrs=[]) == []


def test_every_step_dials_the_stack_s_port_and_insists_on_the_host_key(through: Recording, port: int) -> None:
    connections = [step.inputs["connection"] for step in through.steps()]
    assert len(connections) > 20
    for connection in connections:
        assert (connection["host"], connection["port"]) == ("127.0.0.1", port)
        assert connection["hostKey"] == "ssh-ed25519 PUBLIC-server-host-key\n"


def test_without_the_key_steps_dial_the_address_at_the_port_that_ssh_has(update: Recording) -> None:
    for step in update.steps():
        assert step.inputs["connection"]["host"] == "203.0.113.80"
        assert step.inputs["connection"]["port"] == 22


def test_the_outputs_say_how_ssh_gets_there(through: Recording, update: Recording) -> None:
    assert (through.outputs["ssh"], through.outputs["sshProxyCommand"]) == ("admin@server-instance-id", COMMAND)
    assert (update.outputs["ssh"], update.outputs["sshProxyCommand"]) == ("admin@203.0.113.80", "none")


def test_the_host_may_do_what_the_agent_needs_and_no_more(through: Recording) -> None:
    [*_, agent] = json.loads(through.named("identity-rights").inputs["policy"])["Statement"]
    assert (agent["Sid"], agent["Action"]) == (
        "SessionManager",
        [
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
    )


def test_the_first_boot_fetches_the_agent_from_the_region_s_own_bucket(through: Recording) -> None:
    [[shell, flags, script]] = yaml.safe_load(through.named("server-instance").inputs["userData"])["runcmd"]
    assert (shell, flags) == ("sh", "-euc")
    assert (
        'url="https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/latest/debian_$(dpkg --print-architecture)/'
        'amazon-ssm-agent.deb"\n'
    ) in script


def test_an_update_stops_before_it_makes_anything_where_a_program_is_missing(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(pulumi.RunError) as stopped:
        run_program({**values, "sshThroughSessionManager": True})
    assert str(stopped.value) == (
        "slipway:sshThroughSessionManager needs the AWS CLI (aws) and its session-manager-plugin on PATH of the "
        "computer that runs Pulumi; docs/session-manager.md says where to get it."
    )


def test_a_preview_is_complete_without_them_and_listens_nowhere(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    monkeypatch.setattr(reach, "Tunnel", lambda port: pytest.fail("a preview listens"))
    stack = run_program({**values, "sshThroughSessionManager": True}, preview=True)
    assert "release-activate" in {step.name for step in stack.steps()}


def test_a_taken_port_stops_an_update_before_it_makes_anything(
    values: dict[str, Any], through: Recording, port: int
) -> None:
    with pytest.raises(pulumi.RunError) as stopped, patch.object(reach, "missing", lambda: ""):
        run_program({**values, "sshThroughSessionManager": True})
    assert str(stopped.value) == taken(port, "Address already in use")


def test_the_port_follows_from_project_and_stack() -> None:
    assert (port_of("slipway-dev"), port_of("slipway-prod")) == (25735, 29414)
    assert all(FIRST_PORT <= port_of(f"slipway-pr-{number}") < FIRST_PORT + PORTS for number in range(500))


def test_region_and_profile_of_the_provider_are_passed_on() -> None:
    sessions = Sessions(region="eu-central-1", profile="my team")
    assert sessions.command("i-1")[-4:] == ["--region", "eu-central-1", "--profile", "my team"]
    assert sessions.proxy_command("i-1").endswith(" --region eu-central-1 --profile 'my team'")
    assert Sessions(region="r", profile="100%").proxy_command("i-1").endswith("--profile 100%%")


def test_what_the_cli_says_of_a_server_that_boots_is_explained() -> None:
    words = "An error occurred (TargetNotConnected) when calling the StartSession operation: i-1 is not connected."
    assert explained(words) == (
        f"Session Manager: {words} The server's agent reports within some minutes of its first boot. One made before "
        "slipway:sshThroughSessionManager was true has no agent: docs/session-manager.md."
    )
    assert explained("Token has expired") == "Session Manager: Token has expired"
