"""The names of the site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.place import HostedZone

TTL_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class DnsArgs:
    zone: HostedZone
    names: Sequence[str]
    address: pulumi.Input[str]
    issuer: str | None  # who may issue certificates, as its CAA records name it; None leaves it to the zone


class Dns(pulumi.ComponentResource):
    """An A record for each name, and the one authority that may issue its certificate. No AAAA: the VPC speaks IPv4."""

    def __init__(self, name: str, args: DnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Dns", name, {}, opts)
        for host in args.names:
            suffix = "" if host == args.names[0] else f"-{host.partition('.')[0]}"
            self._record(f"{name}-record{suffix}", args, host, "A", [args.address])
            # At the top of a zone a CAA record would hold for every name in it that has none (RFC 8659, section 3).
            if args.issuer and host != args.zone.name:
                allowed = [f'0 issue "{args.issuer}"', '0 issuewild ";"']
                self._record(f"{name}-issuer{suffix}", args, host, "CAA", allowed)
        self.register_outputs({})

    def _record(self, name: str, args: DnsArgs, host: str, kind: str, values: Sequence[pulumi.Input[str]]) -> None:
        aws.route53.Record(
            name,
            zone_id=args.zone.id,
            name=host,
            type=kind,
            ttl=TTL_SECONDS,
            records=list(values),
            opts=pulumi.ResourceOptions(parent=self),
        )
