"""The units of the project's code: a socket that both colours share, a unit a colour, and what runs beside them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import pulumi

from components.remote import Steps, Target
from components.rendering import render_text
from components.timeouts import COMMAND_STOP, GUNICORN_GRACEFUL, GUNICORN_WORKER, SYSTEMD_STOP


@dataclass(frozen=True, kw_only=True)
class GunicornArgs:
    target: Target


class Gunicorn(pulumi.ComponentResource):
    """Units that `slipway-host activate` starts; nothing runs before the first release."""

    config_digest: str  # changes when a running colour no longer matches its files

    def __init__(self, name: str, args: GunicornArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Gunicorn", name, {}, opts)
        config = render_text(
            "gunicorn/gunicorn.conf.py.j2", timeout=GUNICORN_WORKER, graceful_timeout=GUNICORN_GRACEFUL
        )
        service = render_text("systemd/app@.service.j2", stop_timeout=SYSTEMD_STOP)
        socket = render_text("systemd/app.socket.j2")
        beside = {
            kind: render_text(f"systemd/{kind}@.service.j2", stop_timeout=COMMAND_STOP)
            for kind in ("process", "schedule")
        }
        self.config_digest = sha256("\0".join([config, service, socket, *beside.values()]).encode()).hexdigest()

        reload = "systemctl daemon-reload"
        steps = Steps(name, args.target, parent=self)
        steps.put_file("config", "/etc/slipway/gunicorn.conf.py", config)
        steps.put_file("service", "/etc/systemd/system/app@.service", service, then=reload)
        steps.put_file("socket", "/etc/systemd/system/app.socket", socket, then=reload)
        for kind, text in beside.items():
            steps.put_file(kind, f"/etc/systemd/system/{kind}@.service", text, then=reload)
        steps.put_file(
            "mend",
            "/etc/systemd/system/slipway-mend.service",
            render_text("systemd/slipway-mend.service.j2"),
            then=f"{reload} && systemctl enable --quiet slipway-mend",
        )
        self.register_outputs({})
