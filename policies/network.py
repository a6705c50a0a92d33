"""Who may reach what."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from policies.resource import Resource, Rule

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SUBNET = "aws:ec2/subnet:Subnet"
INSTANCE = "aws:ec2/instance:Instance"
# Other ways to write a rule, which nothing here looks into.
OLD_RULES = frozenset({"aws:ec2/securityGroupRule:SecurityGroupRule"})

# IP version → bits of a prefix below which a network is no longer somebody's: two halves are the world, too.
WORLD_BELOW = {4: 8, 6: 16}
OPEN_PORTS = (80, 443)


def world(resource: Resource) -> Iterator[str]:
    """HTTP and HTTPS are for everybody; anything else is for somebody."""
    for key in ("cidrIpv4", "cidrIpv6"):
        cidr = resource.inputs.get(key)
        if not isinstance(cidr, str) or not worldwide(cidr):
            continue
        first, last = resource.inputs.get("fromPort"), resource.inputs.get("toPort")
        if resource.inputs.get("ipProtocol") != "tcp" or first != last or first not in OPEN_PORTS:
            yield f"lets {cidr} in at more than port 80 or 443; name a network in {key}."


def worldwide(cidr: str) -> bool:
    network = ip_network(cidr, strict=False)
    return network.prefixlen < WORLD_BELOW[network.version]


def separate(resource: Resource) -> Iterator[str]:
    """Inline rules fight with rule resources, and no rule here looks into them."""
    for key in ("ingress", "egress"):
        if resource.items(key):
            yield f"has inline rules in {key}; write each as a resource of its own."


def refused(resource: Resource) -> Iterator[str]:
    yield "is a SecurityGroupRule; write a SecurityGroupIngressRule or SecurityGroupEgressRule, one CIDR each."


def closed(resource: Resource) -> Iterator[str]:
    for key in ("ingress", "egress"):
        if resource.items(key):
            yield f"opens the default security group with {key}; leave it without a rule."


def described(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("description"):
        yield "has no description; say who is let in and why."


def private(resource: Resource) -> Iterator[str]:
    """A host's public address is an Elastic IP, which is chosen, known and kept."""
    for key in ("mapPublicIpOnLaunch", "associatePublicIpAddress"):
        if resource.inputs.get(key):
            yield f"hands out a public address by {key}; give the host an Elastic IP."


RULES = (
    Rule(
        name="world-reaches-http-alone",
        says="Security groups let the whole world in at ports 80 and 443 alone.",
        types=frozenset({INGRESS}),
        check=world,
    ),
    Rule(
        name="security-group-rules-apart",
        says="Security groups have no inline rules.",
        types=frozenset({GROUP}),
        check=separate,
    ),
    Rule(
        name="security-group-rules-modern",
        says="Security group rules are of the kind that holds one CIDR.",
        types=OLD_RULES,
        check=refused,
    ),
    Rule(
        name="security-group-rules-described",
        says="Every security group rule says what it is for.",
        types=frozenset({INGRESS, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", GROUP}),
        check=described,
    ),
    Rule(
        name="default-security-group-closed",
        says="The default security group of a VPC has no rule.",
        types=frozenset({DEFAULT_GROUP}),
        check=closed,
    ),
    Rule(
        name="public-address-by-elastic-ip",
        says="No public address but an Elastic IP.",
        types=frozenset({SUBNET, INSTANCE}),
        check=private,
    ),
)
