"""The site's certificate."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.remote import Steps, Target
from components.rendering import render_text

# https://letsencrypt.org/docs/acme-protocol-updates/ and https://letsencrypt.org/docs/staging-environment/
DIRECTORIES = {
    "production": "https://acme-v02.api.letsencrypt.org/directory",
    "staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    target: Target
    domain: str
    server: str  # production, staging or the URL of an ACME directory
    email: str  # empty for none


class Certificate(pulumi.ComponentResource):
    """A certificate for the domain, issued over HTTP-01 and renewed by Debian's certbot.timer."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Certificate", name, {}, opts)
        steps = Steps(name, args.target, parent=self)
        steps.put_file(
            "hook", "/etc/letsencrypt/renewal-hooks/deploy/nginx", render_text("certbot/nginx.j2"), mode="0755"
        )
        steps.run(
            "issue",
            render_text(
                "certbot/issue.sh.j2",
                domain=args.domain,
                server=DIRECTORIES.get(args.server, args.server),
                email=args.email,
            ),
        )
        self.register_outputs({})
