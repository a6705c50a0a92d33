"""What AWS charges a resource for, and how much of it: each type of resource has its price here, or its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cost import machines, observing
from cost.charge import Charge
from cost.stacks import Stack
from cost.usage import Usage
from policies.resource import Resource

Charging = Callable[[Resource, Stack, Usage], Iterator[Charge]]

PRICED: Mapping[str, Charging] = {
    "aws:ebs/volume:Volume": machines.volume,
    "aws:ec2/eip:Eip": machines.address,
    "aws:ec2/instance:Instance": machines.instance,
    "aws:ec2/vpcEndpoint:VpcEndpoint": machines.endpoint,
    "aws:rds/instance:Instance": machines.database,
    "aws:cloudwatch/logGroup:LogGroup": observing.logs,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": observing.nothing,
    "aws:cloudwatch/metricAlarm:MetricAlarm": observing.alarm,
    "aws:kms/key:Key": observing.key,
    "aws:route53/record:Record": observing.record,
    "aws:sns/topicSubscription:TopicSubscription": observing.subscription,
}

# Types that cost nothing, and why.
NETWORK = "AWS charges for what runs in a network, not for the network."
RIGHTS = "IAM costs nothing."
HERE = "It is made by the deploying machine, or on the server: nobody charges for it."
FREE: Mapping[str, str] = {
    "aws:budgets/budget:Budget": "A budget that only reports costs nothing.",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": NETWORK,
    "aws:ec2/eipAssociation:EipAssociation": "The address is charged, used or not.",
    "aws:ec2/internetGateway:InternetGateway": NETWORK,
    "aws:ec2/keyPair:KeyPair": "A public key costs nothing.",
    "aws:ec2/route:Route": NETWORK,
    "aws:ec2/routeTable:RouteTable": NETWORK,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": NETWORK,
    "aws:ec2/securityGroup:SecurityGroup": NETWORK,
    "aws:ec2/subnet:Subnet": NETWORK,
    "aws:ec2/volumeAttachment:VolumeAttachment": "The volume is charged, attached or not.",
    "aws:ec2/vpc:Vpc": NETWORK,
    "aws:iam/instanceProfile:InstanceProfile": RIGHTS,
    "aws:iam/role:Role": RIGHTS,
    "aws:iam/rolePolicy:RolePolicy": RIGHTS,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": RIGHTS,
    "aws:kms/alias:Alias": "The key is charged, not its name.",
    "aws:rds/parameterGroup:ParameterGroup": "The database is charged, not its settings.",
    "aws:rds/subnetGroup:SubnetGroup": NETWORK,
    "aws:sns/topic:Topic": "Messages are charged where they are delivered; those from AWS to the topic are few.",
    "aws:sns/topicPolicy:TopicPolicy": "The topic's messages are charged, not its policy.",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": NETWORK,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": NETWORK,
    "command:remote:Command": HERE,
    "command:remote:CopyToRemote": HERE,
    "random:index/randomId:RandomId": HERE,
    "random:index/randomPassword:RandomPassword": HERE,
    "tls:index/privateKey:PrivateKey": HERE,
}


@dataclass(frozen=True, kw_only=True)
class Bill:
    """Everything a stack is charged for, what costs nothing with its reason, and types that nothing is known of."""

    charges: tuple[Charge, ...]
    free: Mapping[str, tuple[int, str]]  # type → how many, and why
    unknown: Mapping[str, int]


def bill(stack: Stack, usage: Usage) -> Bill:
    counts: dict[str, int] = {}
    for resource in stack.resources:
        counts[resource.type] = counts.get(resource.type, 0) + 1
    charges = [
        charge
        for resource in stack.resources
        if resource.type in PRICED
        for charge in PRICED[resource.type](resource, stack, usage)
    ]
    return Bill(
        charges=(*charges, *observing.metrics(stack, usage)),
        free={type_: (number, FREE[type_]) for type_, number in sorted(counts.items()) if type_ in FREE},
        unknown={
            type_: number for type_, number in sorted(counts.items()) if type_ not in PRICED and type_ not in FREE
        },
    )
