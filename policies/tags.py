"""Whose a resource is can be read from it."""

from __future__ import annotations

from collections.abc import Iterator

from policies.resource import Resource, Rule

WANTED = ("Name", "slipway:stack")

TAGGABLE = frozenset(
    {
        "aws:budgets/budget:Budget",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:ebs/volume:Volume",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/eip:Eip",
        "aws:ec2/instance:Instance",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/keyPair:KeyPair",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:iam/instanceProfile:InstanceProfile",
        "aws:iam/role:Role",
        "aws:kms/key:Key",
        "aws:rds/instance:Instance",
        "aws:rds/parameterGroup:ParameterGroup",
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:sns/topic:Topic",
    }
)


def tagged(resource: Resource) -> Iterator[str]:
    missing = [key for key in WANTED if not resource.block("tags").get(key)]
    if missing:
        yield f"lacks the tag {' and '.join(missing)}; pass tags(name) of components/naming.py."


RULES = (
    Rule(
        name="tagged",
        says=f"Resources carry the tags {' and '.join(WANTED)}.",
        types=TAGGABLE,
        check=tagged,
    ),
)
