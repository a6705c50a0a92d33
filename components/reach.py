"""How SSH reaches the server: at its open port 22, or through AWS Systems Manager's Session Manager."""

from __future__ import annotations

import hashlib
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.naming import stack_name
from components.rendering import render_text
from components.rights import AGENT, Statement
from components.tunnel import HOST, Tunnel

# Below the ports that operating systems give to outgoing connections (Linux begins at 32768).
FIRST_PORT, PORTS = 20000, 10000
PROGRAMS = {"aws": "the AWS CLI (aws)", "session-manager-plugin": "its session-manager-plugin"}
# "Allow and control permissions for SSH connections through Session Manager", AWS Systems Manager User Guide.
SSH_DOCUMENT = "AWS-StartSSHSession"


class Reach:
    """Straight to the server's public address."""

    port = 22
    rights: Sequence[Statement] = ()  # that it takes of the server
    first_boot = ""  # what the server has to run for it when it boots first

    def dial(self, instance: pulumi.Output[str], address: pulumi.Output[str]) -> pulumi.Output[str]:
        """The host that steps dial, once the address leads to the instance."""
        return address

    def name(self, instance: pulumi.Output[str], address: pulumi.Output[str]) -> pulumi.Output[str]:
        """What people call the server in `ssh USER@NAME`."""
        return address

    def proxy_command(self, instance: pulumi.Output[str]) -> pulumi.Output[str]:
        """OpenSSH's ProxyCommand, which has a word for there being none."""
        return pulumi.Output.from_input("none")


class ThroughSessionManager(Reach):
    """Through the AWS CLI, each connection a session of its own; no port of the server is open for it."""

    rights = (AGENT,)

    def __init__(self, region: str, profile: str) -> None:
        """RunError says what is missing on this computer, while nothing is made yet."""
        self._sessions = Sessions(region=region, profile=profile)
        self.port = port_of(stack_name())
        self.first_boot = render_text("cloud-init/agent.sh.j2", region=region)
        if lack := missing():
            _stop(lack)
        self._tunnel = None if pulumi.runtime.is_dry_run() else Tunnel(self.port)

    def dial(self, instance: pulumi.Output[str], address: pulumi.Output[str]) -> pulumi.Output[str]:
        return pulumi.Output.all(instance, address).apply(lambda known: self._lead(str(known[0])))

    def name(self, instance: pulumi.Output[str], address: pulumi.Output[str]) -> pulumi.Output[str]:
        return instance

    def proxy_command(self, instance: pulumi.Output[str]) -> pulumi.Output[str]:
        return instance.apply(self._sessions.proxy_command)

    def _lead(self, instance: str) -> str:
        if self._tunnel:
            self._tunnel.lead(self._sessions.command(instance), lambda words: pulumi.log.info(explained(words)))
        return HOST


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """How the AWS CLI is asked for a session; with an empty profile it chooses its own."""

    region: str
    profile: str

    def command(self, instance: str) -> list[str]:
        """Connects its standard input and output with the SSH server of an instance."""
        what = ["--target", instance, "--document-name", SSH_DOCUMENT, "--parameters", "portNumber=22"]
        profile = ["--profile", self.profile] if self.profile else []
        return ["aws", "ssm", "start-session", *what, "--region", self.region, *profile]

    def proxy_command(self, instance: str) -> str:
        """The same for OpenSSH, to which a percent sign is special."""
        return shlex.join(self.command(instance)).replace("%", "%%")


def way_in(through_session_manager: bool, region: str, profile: str) -> Reach:
    """The way that the configuration asks for."""
    return ThroughSessionManager(region, profile) if through_session_manager else Reach()


def port_of(stack: str) -> int:
    """The stack's port on the computer that runs Pulumi: the same on every computer, at every run."""
    return FIRST_PORT + int.from_bytes(hashlib.sha256(stack.encode()).digest()[:4], "big") % PORTS


def missing() -> str:
    """What is not on PATH of all that it takes, as a sentence; empty if nothing."""
    lack = [what for program, what in PROGRAMS.items() if shutil.which(program) is None]
    needs = f"slipway:sshThroughSessionManager needs {' and '.join(lack)} on PATH of the computer that runs Pulumi"
    return f"{needs}; docs/session-manager.md says where to get it." if lack else ""


def explained(words: str) -> str:
    """What the AWS CLI said, and what it means where a server has just been made."""
    hint = (
        " The server's agent reports within some minutes of its first boot. One made before "
        "slipway:sshThroughSessionManager was true has no agent: docs/session-manager.md."
    )
    return f"Session Manager: {words}{hint if 'TargetNotConnected' in words else ''}"


def _stop(lack: str) -> None:
    """A preview shows what is to come even where `pulumi up` could not do it."""
    if not pulumi.runtime.is_dry_run():
        raise pulumi.RunError(lack)
    pulumi.log.warn(lack)
