"""VPC, subnets, routes: the shape of the network. Their rules are moto's; their effect is in rehearsal.filtering."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import islice

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.values import Values

# AWS keeps the first four addresses of a subnet (network, router, DNS, future use) and the last.
RESERVED_ADDRESSES = 4


class Vpc(CloudKind):
    type = tokens.VPC
    arn = "arn:aws:ec2:{region}:{account}:vpc/{id}"
    required = frozenset({"cidrBlock"})
    optional = frozenset({"enableDnsHostnames", "enableDnsSupport", "tags"})
    replaces = frozenset({"cidrBlock"})
    computed = frozenset({"arn", "defaultSecurityGroupId", "mainRouteTableId"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from cidr_problems(inputs, "cidrBlock")

    def outputs(self, id: str, inputs: Values) -> Values:
        return super().outputs(id, inputs) | {
            "defaultSecurityGroupId": f"sg-default-{id.removeprefix('vpc-')}",
            "mainRouteTableId": f"rtb-main-{id.removeprefix('vpc-')}",
        }


class Subnet(CloudKind):
    type = tokens.SUBNET
    arn = "arn:aws:ec2:{region}:{account}:subnet/{id}"
    required = frozenset({"vpcId", "cidrBlock", "availabilityZone"})
    optional = frozenset({"mapPublicIpOnLaunch", "tags"})
    replaces = required
    computed = frozenset({"arn"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from cidr_problems(inputs, "cidrBlock")
        if inputs.get("mapPublicIpOnLaunch"):
            yield "mapPublicIpOnLaunch", "the rehearsal gives a public address through an Elastic IP only"

    def facts(self, inputs: Values) -> Values:
        return {"vpc": inputs["vpcId"], "cidr": inputs["cidrBlock"], "zone": inputs["availabilityZone"]}


class InternetGateway(CloudKind):
    type = tokens.INTERNET_GATEWAY
    arn = "arn:aws:ec2:{region}:{account}:internet-gateway/{id}"
    optional = frozenset({"vpcId", "tags"})
    computed = frozenset({"arn"})
    wired = True


class RouteTable(CloudKind):
    type = tokens.ROUTE_TABLE
    arn = "arn:aws:ec2:{region}:{account}:route-table/{id}"
    required = frozenset({"vpcId"})
    optional = frozenset({"tags"})
    replaces = required
    computed = frozenset({"arn"})


class Route(CloudKind):
    type = tokens.ROUTE
    required = frozenset({"routeTableId", "destinationCidrBlock", "gatewayId"})
    replaces = required
    wired = True

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from cidr_problems(inputs, "destinationCidrBlock")

    def facts(self, inputs: Values) -> Values:
        return {
            "table": inputs["routeTableId"],
            "destination": inputs["destinationCidrBlock"],
            "gateway": inputs["gatewayId"],
        }


class RouteTableAssociation(CloudKind):
    type = tokens.ROUTE_TABLE_ASSOCIATION
    required = frozenset({"routeTableId", "subnetId"})
    replaces = required
    wired = True

    def facts(self, inputs: Values) -> Values:
        return {"table": inputs["routeTableId"], "subnet": inputs["subnetId"]}


def cidr_problems(inputs: Values, key: str) -> Iterator[tuple[str, str]]:
    """A block that is no IPv4 network, or has host bits set, as AWS refuses it."""
    if key not in inputs:
        return
    try:
        IPv4Network(inputs[key])
    except ValueError as error:
        yield key, f"{inputs[key]!r} is not a valid IPv4 CIDR block: {error}"
    else:
        if "/" not in str(inputs[key]):
            yield key, f"{inputs[key]!r} is not a valid IPv4 CIDR block: it has no prefix length"


def free_address(cidr: str, taken: set[str]) -> str:
    """The lowest address of a subnet that nothing has; RehearsalError, in AWS's words, if there is none."""
    for host in islice(IPv4Network(cidr).hosts(), RESERVED_ADDRESSES - 1, None):
        if str(host) not in taken:
            return str(host)
    raise RehearsalError(f"InsufficientFreeAddressesInSubnet: subnet {cidr} has no free address left.")


KINDS = (Vpc, Subnet, InternetGateway, RouteTable, Route, RouteTableAssociation)
