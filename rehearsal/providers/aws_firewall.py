"""Security groups and their rules: rehearsal.filtering makes nftables rules of them."""

from collections.abc import Iterator

from rehearsal import tokens
from rehearsal.providers.aws_network import cidr_problems
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.kind import physical_name
from rehearsal.providers.values import Values

PROTOCOLS = ("tcp", "udp", "icmp", "-1")


class DefaultSecurityGroup(CloudKind):
    """Taking the default group over removes its rules: with none given, it lets nothing in or out."""

    type = tokens.DEFAULT_SECURITY_GROUP
    arn = "arn:aws:ec2:{region}:{account}:security-group/{id}"
    required = frozenset({"vpcId"})
    optional = frozenset({"tags"})
    replaces = required
    computed = frozenset({"arn"})

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        id = f"sg-default-{inputs['vpcId'].removeprefix('vpc-')}"
        self.record(id, inputs)
        return id, self.outputs(id, inputs)


class SecurityGroup(CloudKind):
    type = tokens.SECURITY_GROUP
    arn = "arn:aws:ec2:{region}:{account}:security-group/{id}"
    required = frozenset({"vpcId"})
    optional = frozenset({"name", "description", "tags", "revokeRulesOnDelete"})
    replaces = frozenset({"vpcId", "name", "description"})
    computed = frozenset({"arn"})
    wired = True

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return {"name": physical_name(name, old, "name", seed), "description": "Managed by Pulumi"}


class Rule(CloudKind):
    """One rule, one peer: a CIDR block or another security group."""

    required = frozenset({"securityGroupId", "ipProtocol"})
    optional = frozenset({"cidrIpv4", "referencedSecurityGroupId", "fromPort", "toPort", "description", "tags"})
    one_of = (frozenset({"cidrIpv4", "referencedSecurityGroupId"}),)
    replaces = frozenset({"securityGroupId", "ipProtocol"})
    computed = frozenset({"arn", "securityGroupRuleId"})
    wired = True

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from cidr_problems(inputs, "cidrIpv4")
        if inputs.get("ipProtocol", "tcp") not in PROTOCOLS:
            yield "ipProtocol", f"{inputs['ipProtocol']!r} is none of {', '.join(PROTOCOLS)}"
        low, high = inputs.get("fromPort", 0), inputs.get("toPort", 65535)
        if inputs.get("ipProtocol") in ("tcp", "udp") and not 0 <= low <= high <= 65535:
            yield "fromPort", f"{low}-{high} is not a range of ports between 0 and 65535"

    def facts(self, inputs: Values) -> Values:
        return {
            "group": inputs["securityGroupId"],
            "protocol": inputs["ipProtocol"],
            "from": inputs.get("fromPort", 0),
            "to": inputs.get("toPort", 65535),
            "peer": inputs.get("referencedSecurityGroupId") or inputs.get("cidrIpv4"),
        }

    def outputs(self, id: str, inputs: Values) -> Values:
        return super().outputs(id, inputs) | {"securityGroupRuleId": id}


class IngressRule(Rule):
    type = tokens.INGRESS_RULE
    arn = "arn:aws:ec2:{region}:{account}:security-group-rule/{id}"


class EgressRule(Rule):
    type = tokens.EGRESS_RULE
    arn = "arn:aws:ec2:{region}:{account}:security-group-rule/{id}"


KINDS = (DefaultSecurityGroup, SecurityGroup, IngressRule, EgressRule)
