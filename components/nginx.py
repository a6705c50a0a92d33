"""The web server before it has a certificate: HTTP with the ACME path, and nothing for names that are not ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.remote import Steps, Target
from components.rendering import render_text


@dataclass(frozen=True, kw_only=True)
class NginxArgs:
    target: Target
    names: Sequence[str]  # of the site; the others lead to the first


class Nginx(pulumi.ComponentResource):
    """Nginx with everything that holds for all of its sites."""

    def __init__(self, name: str, args: NginxArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Nginx", name, {}, opts)
        steps = Steps(name, args.target, parent=self)
        steps.put_file(
            "config",
            "/etc/nginx/nginx.conf",
            render_text("nginx/nginx.conf.j2", names=args.names),
            then="nginx -t && systemctl --no-warn reload-or-restart nginx",
        )
        self.register_outputs({})
