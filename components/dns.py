"""The site's name."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

TTL_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class DnsArgs:
    zone_id: str
    domain: str
    address: pulumi.Input[str]


class Dns(pulumi.ComponentResource):
    """The A record of the domain. There is no AAAA record: the VPC speaks IPv4."""

    def __init__(self, name: str, args: DnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Dns", name, {}, opts)
        aws.route53.Record(
            f"{name}-record",
            zone_id=args.zone_id,
            name=args.domain,
            type="A",
            ttl=TTL_SECONDS,
            records=[args.address],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
