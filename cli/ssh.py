"""How ssh is told to trust one host key and one agent alone, and what its complaints mean. Pure."""

from pathlib import Path

from cli.stacks import Stack

ALIAS = "slipway"


def options(scratch: Path, proxy_command: str) -> list[str]:
    """Nothing of the user's own configuration, keys, agents and known hosts takes part."""
    settings = {
        "BatchMode": "yes",
        "IdentityAgent": str(scratch / "agent"),
        "IdentityFile": "none",
        "PreferredAuthentications": "publickey",
        "HostKeyAlias": ALIAS,
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": str(scratch / "known_hosts"),
        "GlobalKnownHostsFile": "/dev/null",
        "UpdateHostKeys": "no",
        "ControlMaster": "no",
        "ControlPath": "none",
        "ProxyCommand": proxy_command,
        "ConnectTimeout": "10",
        "ServerAliveInterval": "15",
        "LogLevel": "ERROR",
    }
    # -E keeps ssh's own words apart from what the command on the host says.
    return ["-F", "none", "-E", str(scratch / "log"), *(f"-o{name}={value}" for name, value in settings.items())]


def trouble(said: str, stack: Stack, login: str) -> str:
    """What ssh complained of, in one sentence for the operator."""
    last = said.strip().splitlines()[-1].strip().rstrip(".")
    if "Host key verification failed" in said or "REMOTE HOST IDENTIFICATION HAS CHANGED" in said:
        return (
            f"{login} has another host key than {stack} gave its host, so nothing was sent: somebody is in between, or "
            f"the host was replaced behind Pulumi's back; `{stack.verb('refresh')}` and look."
        )
    if "Permission denied" in said:
        return (
            f"{login} does not accept the deploy key of {stack}: /home/{login.partition('@')[0]}/.ssh/authorized_keys "
            f"was changed on the host; `{stack.verb('up')} --replace '**::server-instance'` makes a new one."
        )
    if login.partition("@")[2].startswith("i-"):
        # The AWS CLI has complained on standard error by itself; ssh saw a connection that ended.
        return (
            f"Session Manager gives no way to {login} of {stack}, for the reason above: the host must run, its agent "
            "be connected; docs/session-manager.md helps."
        )
    if "onnect to host" in said:
        return (
            f"The host of {stack} cannot be reached ({last}): it must run, and this computer's address must be in "
            "slipway:adminCidrs."
        )
    return f"The connection to {login} of {stack} failed: {last}."
