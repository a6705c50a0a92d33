"""Who may talk to whom: the security groups of the hosts and of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.naming import tags

WORLD = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    vpc_id: pulumi.Input[str]
    admin_cidrs: Sequence[str]


class Firewall(pulumi.ComponentResource):
    """HTTP and HTTPS from the world, SSH from the administrators, Postgres from the web hosts and nobody else."""

    web_group_id: pulumi.Output[str]
    database_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Firewall", name, {}, opts)
        self._name = name
        # AWS lets members of a VPC's default group talk to each other; adopting it without a rule closes it.
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=args.vpc_id,
            tags=tags(f"{name}-default-closed"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        web = self._group("web", "The web hosts", args.vpc_id)
        database = self._group("database", "The database", args.vpc_id)

        self._allow("web-http", web, 80, "HTTP from the world", cidr=WORLD)
        self._allow("web-https", web, 443, "HTTPS from the world", cidr=WORLD)
        for cidr in args.admin_cidrs:
            self._allow(f"web-ssh-{cidr.replace('/', '-')}", web, 22, "SSH from an administrator", cidr=cidr)
        self._allow("database-postgres", database, 5432, "Postgres from the web hosts", group_id=web.id)
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-web-out",
            security_group_id=web.id,
            description="Packages, certificates and mail",
            ip_protocol="-1",
            cidr_ipv4=WORLD,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.web_group_id = web.id
        self.database_group_id = database.id
        self.register_outputs({})

    def _group(self, noun: str, description: str, vpc_id: pulumi.Input[str]) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{self._name}-{noun}",
            vpc_id=vpc_id,
            description=description,
            tags=tags(f"{self._name}-{noun}"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _allow(
        self,
        noun: str,
        group: aws.ec2.SecurityGroup,
        port: int,
        description: str,
        *,
        cidr: str | None = None,
        group_id: pulumi.Input[str] | None = None,
    ) -> None:
        """One ingress rule: a TCP port, from one CIDR or from one group."""
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-{noun}",
            security_group_id=group.id,
            description=description,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=cidr,
            referenced_security_group_id=group_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
