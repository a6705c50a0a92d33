"""The private network: two public subnets for hosts, two isolated ones for databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.naming import tags
from components.subnet import PublicSubnet

VPC_CIDR = "10.0.0.0/16"
PUBLIC_CIDRS = ("10.0.0.0/24", "10.0.1.0/24")
ISOLATED_CIDRS = ("10.0.128.0/24", "10.0.129.0/24")


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    zones: Sequence[str]  # availability zones, of which the first two are used: RDS insists on two
    region: str


class Network(pulumi.ComponentResource):
    """A VPC whose public subnets reach the internet and whose isolated subnets reach nothing but the VPC."""

    vpc_id: pulumi.Output[str]
    zone: str  # of the first public subnet
    public_subnets: list[PublicSubnet]
    isolated_subnet_ids: list[pulumi.Output[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Network", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=VPC_CIDR,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=tags(f"{name}-vpc"),
            opts=inside,
        )
        gateway = aws.ec2.InternetGateway(f"{name}-gateway", vpc_id=vpc.id, tags=tags(f"{name}-gateway"), opts=inside)
        public_routes = self._route_table(f"{name}-public", vpc)
        internet = aws.ec2.Route(
            f"{name}-public-internet",
            route_table_id=public_routes.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=inside,
        )
        # Costs nothing, and what hosts fetch from S3 stays within AWS.
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc.id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{args.region}.s3",
            route_table_ids=[public_routes.id],
            tags=tags(f"{name}-s3"),
            opts=inside,
        )
        isolated_routes = self._route_table(f"{name}-isolated", vpc)
        self.vpc_id = vpc.id
        self.zone = args.zones[0]
        public = [
            self._subnet(f"{name}-public-{number}", vpc, cidr, zone, public_routes)
            for number, (cidr, zone) in enumerate(zip(PUBLIC_CIDRS, args.zones, strict=False), start=1)
        ]
        isolated = [
            self._subnet(f"{name}-isolated-{number}", vpc, cidr, zone, isolated_routes)
            for number, (cidr, zone) in enumerate(zip(ISOLATED_CIDRS, args.zones, strict=False), start=1)
        ]
        self.public_subnets = [PublicSubnet(id=id, way_out=[internet, tie]) for id, tie in public]
        self.isolated_subnet_ids = [id for id, _ in isolated]
        self.register_outputs({})

    def _route_table(self, name: str, vpc: aws.ec2.Vpc) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{name}-routes", vpc_id=vpc.id, tags=tags(f"{name}-routes"), opts=pulumi.ResourceOptions(parent=self)
        )

    def _subnet(
        self, name: str, vpc: aws.ec2.Vpc, cidr: str, zone: str, routes: aws.ec2.RouteTable
    ) -> tuple[pulumi.Output[str], pulumi.Resource]:
        """A subnet, and what ties it to its route table. No address of its own is public: hosts get an Elastic IP."""
        inside = pulumi.ResourceOptions(parent=self)
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=vpc.id,
            cidr_block=cidr,
            availability_zone=zone,
            map_public_ip_on_launch=False,
            tags=tags(name),
            opts=inside,
        )
        tie = aws.ec2.RouteTableAssociation(
            f"{name}-association", subnet_id=subnet.id, route_table_id=routes.id, opts=inside
        )
        return subnet.id, tie
