"""Steps on a host over SSH: the only importer of pulumi_command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi_command import remote

from components.rendering import render_text

# A booting host refuses connections for a while; the plugin waits between tries, so this is some minutes.
DIAL_ERRORS = 60
DIAL_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Target:
    """A host that steps run on: how to reach it, and the server it comes and goes with."""

    address: pulumi.Input[str]
    port: int
    user: str
    private_key: pulumi.Input[str]
    host_key: pulumi.Input[str]
    server: pulumi.CustomResource


def as_root(script: str) -> str:
    """The command that runs a script as root, its standard input left free for data."""
    return f"sudo -n sh -c \"$(cat <<'STEP'\nset -eu\n{script.rstrip()}\nSTEP\n)\""


class Steps:
    """The steps of one component on one host: each starts after the one before it, and can be run again safely."""

    def __init__(
        self, name: str, target: Target, parent: pulumi.Resource, after: Sequence[pulumi.Resource] = ()
    ) -> None:
        self._name = name
        self._target = target
        self._parent = parent
        self._done = list(after)
        self._connection = remote.ConnectionArgs(
            host=target.address,
            port=target.port,
            user=target.user,
            private_key=target.private_key,
            host_key=target.host_key,
            dial_error_limit=DIAL_ERRORS,
            per_dial_timeout=DIAL_SECONDS,
        )

    def run(self, name: str, script: str | pulumi.Output[str], stdin: str | pulumi.Output[str] | None = None) -> None:
        """Runs a script as root. What is secret goes to stdin, whose step then keeps its output to itself."""
        options = self._options()
        if stdin is not None:
            secret_outputs = pulumi.ResourceOptions(additional_secret_outputs=["stdout", "stderr"])
            options = pulumi.ResourceOptions.merge(options, secret_outputs)
        step = remote.Command(
            f"{self._name}-{name}",
            connection=self._connection,
            create=as_root(script) if isinstance(script, str) else script.apply(as_root),
            stdin=None if stdin is None else pulumi.Output.secret(stdin),
            logging=None if stdin is None else remote.Logging.NONE,
            add_previous_output_in_env=False,
            triggers=[self._target.server.id],
            opts=options,
        )
        self._done.append(step)

    def put_file(
        self,
        name: str,
        path: str,
        content: str,
        *,
        mode: str = "0644",
        owner: str = "root",
        group: str = "root",
        then: str = "",
    ) -> None:
        """Writes a file whole or not at all, then runs `then`; where that fails, the file is put back as it was."""
        script = render_text("remote/put_file.sh.j2", path=path, mode=mode, owner=owner, group=group, then=then)
        step = remote.Command(
            f"{self._name}-{name}",
            connection=self._connection,
            create=as_root(script),
            stdin=content,
            add_previous_output_in_env=False,
            triggers=[self._target.server.id],
            opts=self._options(),
        )
        self._done.append(step)

    def upload(self, name: str, archive: Path, path: str) -> None:
        """Copies a local file to the host, as the login user."""
        step = remote.CopyToRemote(
            f"{self._name}-{name}",
            connection=self._connection,
            source=pulumi.FileAsset(str(archive)),
            remote_path=path,
            triggers=[self._target.server.id],
            opts=self._options(),
        )
        self._done.append(step)

    def _options(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self._parent, depends_on=self._done[-1:], deleted_with=self._target.server)
