"""The app server: a socket that both colours share, and a unit a colour."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import pulumi

from components.remote import Steps, Target
from components.rendering import render_text
from components.timeouts import GUNICORN_GRACEFUL, GUNICORN_WORKER, SYSTEMD_STOP


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
        self.config_digest = sha256("\0".join([config, service, socket]).encode()).hexdigest()

        reload = "systemctl daemon-reload"
        steps = Steps(name, args.target, parent=self)
        steps.put_file("config", "/etc/slipway/gunicorn.conf.py", config)
        steps.put_file("service", "/etc/systemd/system/app@.service", service, then=reload)
        steps.put_file("socket", "/etc/systemd/system/app.socket", socket, then=reload)
        self.register_outputs({})
