"""The host beneath the app: packages, login, firewall, users and directories, the tools releases are built with."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.remote import Steps, Target
from components.rendering import render_text
from source import Archive

PACKAGES = (
    "ca-certificates",
    "certbot",
    "curl",
    "e2fsprogs",
    "nftables",
    "nginx",
    "postgresql-client",
    "python3-venv",
    "ufw",
    "unattended-upgrades",
)


# Its wheels' hashes are in templates/uv/requirements.txt.j2: change the two together.
UV_VERSION = "0.13.9"


@dataclass(frozen=True, kw_only=True)
class SystemArgs:
    target: Target
    ssh_public_key: str  # an operator's own key; empty for none
    host_package: Archive  # slipway-host, packed


class System(pulumi.ComponentResource):
    """A Debian host made ready: nothing here knows of the app or the database."""

    def __init__(self, name: str, args: SystemArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:System", name, {}, opts)
        package = f"/var/tmp/slipway/host-{args.host_package.digest}.tar.gz"
        steps = Steps(name, args.target, parent=self)
        steps.run("ready", render_text("system/ready.sh.j2", user=args.target.user))
        steps.run("packages", render_text("apt/install.sh.j2", packages=PACKAGES))
        steps.put_file("upgrades", "/etc/apt/apt.conf.d/20auto-upgrades", render_text("apt/20auto-upgrades.j2"))
        steps.put_file(
            "sshd",
            "/etc/ssh/sshd_config.d/10-slipway.conf",
            render_text("ssh/10-slipway.conf.j2"),
            then="sshd -t && systemctl reload ssh",
        )
        steps.put_file(
            "operator-key",
            f"/home/{args.target.user}/.ssh/authorized_keys2",
            render_text("ssh/authorized_keys2.j2", public_key=args.ssh_public_key),
        )
        steps.run("firewall", render_text("ufw/enable.sh.j2"))
        steps.run("user", render_text("system/user.sh.j2"))
        steps.put_file(
            "metadata-service",
            "/etc/systemd/system/slipway-metadata.service",
            render_text("systemd/slipway-metadata.service.j2"),
            then="systemctl daemon-reload",
        )
        steps.put_file(
            "metadata",
            "/etc/slipway/metadata.nft",
            render_text("nftables/metadata.nft.j2"),
            then="systemctl enable --quiet slipway-metadata && systemctl restart slipway-metadata",
        )
        steps.run("rds-bundle", render_text("rds/bundle.sh.j2"))
        requirements = render_text("uv/requirements.txt.j2", version=UV_VERSION)
        steps.run("uv", render_text("uv/install.sh.j2", version=UV_VERSION), stdin=requirements)
        steps.upload("host-package", args.host_package.path, package)
        steps.run("host", render_text("slipway-host/install.sh.j2", archive=package))
        self.register_outputs({})
