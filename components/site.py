"""The site over HTTPS: static and media files from the disk, everything else from the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.remote import Steps, Target
from components.rendering import render_text
from components.timeouts import NGINX_READ


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    target: Target
    names: Sequence[str]  # of the site; the others lead to the first
    health_path: str  # of the app: what /-/health asks


class Site(pulumi.ComponentResource):
    """The server blocks of the site's names; their certificate must exist."""

    def __init__(self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Site", name, {}, opts)
        steps = Steps(name, args.target, parent=self)
        steps.put_file(
            "https",
            "/etc/nginx/sites/site.conf",
            render_text("nginx/site.conf.j2", names=args.names, health_path=args.health_path, read_timeout=NGINX_READ),
            # A colour that boots from now on leaves systemd with something to read anew, of which it would warn here.
            then="nginx -t && systemctl --no-warn reload nginx",
        )
        steps.run("old-certificates", render_text("certbot/forget.sh.j2", domain=args.names[0]))
        self.register_outputs({})
