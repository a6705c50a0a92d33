"""What the host tells CloudWatch: the timer of `slipway-host report`."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi

from components.logs import KINDS
from components.naming import stack_name
from components.remote import Steps, Target
from components.rendering import render_text
from components.rights import log_group, namespace


@dataclass(frozen=True, kw_only=True)
class ReportsArgs:
    target: Target
    domain: str


class Reports(pulumi.ComponentResource):
    """Metrics and logs every minute. No step waits for AWS to take one: a host that cannot reach it tries again."""

    def __init__(self, name: str, args: ReportsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Reports", name, {}, opts)
        stack = stack_name()
        config = {
            "namespace": namespace(stack),
            "domain": args.domain,
            "groups": {kind: log_group(stack, kind) for kind in KINDS},
        }
        steps = Steps(name, args.target, parent=self)
        steps.put_file("config", "/etc/slipway/report.json", json.dumps(config, indent=2) + "\n")
        steps.put_file(
            "service",
            "/etc/systemd/system/slipway-report.service",
            render_text("systemd/slipway-report.service.j2"),
            then="systemctl daemon-reload",
        )
        steps.put_file(
            "timer",
            "/etc/systemd/system/slipway-report.timer",
            render_text("systemd/slipway-report.timer.j2"),
            then="systemctl daemon-reload && systemctl enable --quiet slipway-report.timer "
            "&& systemctl restart slipway-report.timer",
        )
        self.register_outputs({})
