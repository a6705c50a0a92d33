"""Commands of the project that run beside the site: long-running ones, and ones that run by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import pulumi

from components.remote import Steps, Target
from components.rendering import render_text
from components.timeouts import COMMAND_STOP


@dataclass(frozen=True, kw_only=True)
class ProcessesArgs:
    target: Target


class Processes(pulumi.ComponentResource):
    """Units of which `slipway-host` starts one a command; which commands there are is in the release's rules."""

    config_digest: str  # changes when what runs no longer matches its unit

    def __init__(self, name: str, args: ProcessesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Processes", name, {}, opts)
        steps = Steps(name, args.target, parent=self)
        texts = []
        for kind in ("process", "schedule"):
            text = render_text(f"systemd/{kind}@.service.j2", stop_timeout=COMMAND_STOP)
            steps.put_file(kind, f"/etc/systemd/system/{kind}@.service", text, then="systemctl daemon-reload")
            texts.append(text)
        self.config_digest = sha256("\0".join(texts).encode()).hexdigest()
        self.register_outputs({})
