"""The site's certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.remote import Steps, Target
from components.rendering import render_text

# https://letsencrypt.org/docs/acme-protocol-updates/ and https://letsencrypt.org/docs/staging-environment/
DIRECTORIES = {
    "production": "https://acme-v02.api.letsencrypt.org/directory",
    "staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}
# https://letsencrypt.org/docs/caa/
LETS_ENCRYPT = "letsencrypt.org"


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    target: Target
    names: Sequence[str]  # of the site; the certificate is kept under the first
    server: str  # production, staging or the URL of an ACME directory
    email: str  # empty for none


class Certificate(pulumi.ComponentResource):
    """A certificate for the names of the site, issued over HTTP-01 and renewed by Debian's certbot.timer."""

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
                names=args.names,
                server=DIRECTORIES.get(args.server, args.server),
                email=args.email,
            ),
        )
        self.register_outputs({})


def issuer(server: str) -> str | None:
    """Who issues for this acmeServer, as CAA records name it; None for an authority that is not known here."""
    return LETS_ENCRYPT if server in DIRECTORIES else None
