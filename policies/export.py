"""The resources of a stack as Terraform would plan them, for scanners that read Terraform plans and know no Pulumi."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from policies.resource import Resource

# pulumi-aws is built from Terraform's AWS provider: the types are the same, under other names.
TYPES: Mapping[str, str] = {
    "aws:budgets/budget:Budget": "aws_budgets_budget",
    "aws:cloudwatch/logGroup:LogGroup": "aws_cloudwatch_log_group",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": "aws_cloudwatch_log_metric_filter",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "aws_cloudwatch_metric_alarm",
    "aws:ebs/volume:Volume": "aws_ebs_volume",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "aws_default_security_group",
    "aws:ec2/eip:Eip": "aws_eip",
    "aws:ec2/eipAssociation:EipAssociation": "aws_eip_association",
    "aws:ec2/instance:Instance": "aws_instance",
    "aws:ec2/internetGateway:InternetGateway": "aws_internet_gateway",
    "aws:ec2/keyPair:KeyPair": "aws_key_pair",
    "aws:ec2/route:Route": "aws_route",
    "aws:ec2/routeTable:RouteTable": "aws_route_table",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "aws_route_table_association",
    "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
    "aws:ec2/subnet:Subnet": "aws_subnet",
    "aws:ec2/vpc:Vpc": "aws_vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
    "aws:ec2/volumeAttachment:VolumeAttachment": "aws_volume_attachment",
    "aws:iam/instanceProfile:InstanceProfile": "aws_iam_instance_profile",
    "aws:iam/role:Role": "aws_iam_role",
    "aws:iam/rolePolicy:RolePolicy": "aws_iam_role_policy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "aws_iam_role_policy_attachment",
    "aws:kms/alias:Alias": "aws_kms_alias",
    "aws:kms/key:Key": "aws_kms_key",
    "aws:rds/instance:Instance": "aws_db_instance",
    "aws:rds/parameterGroup:ParameterGroup": "aws_db_parameter_group",
    "aws:rds/subnetGroup:SubnetGroup": "aws_db_subnet_group",
    "aws:route53/record:Record": "aws_route53_record",
    "aws:sns/topic:Topic": "aws_sns_topic",
    "aws:sns/topicPolicy:TopicPolicy": "aws_sns_topic_policy",
    "aws:sns/topicSubscription:TopicSubscription": "aws_sns_topic_subscription",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "aws_vpc_security_group_egress_rule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
}
# Inputs whose Terraform name is not their own in snake_case: Pulumi's plurals of repeated blocks, and two names.
NAMES: Mapping[str, str] = {
    "aws_budgets_budget.notifications": "notification",
    "aws_budgets_budget.costFilters": "cost_filter",
    "aws_cloudwatch_metric_alarm.metricQueries": "metric_query",
    "aws_cloudwatch_metric_alarm.name": "alarm_name",
    "aws_db_parameter_group.parameters": "parameter",
    "aws_instance.ebsBlockDevices": "ebs_block_device",
}
# Inputs that are maps of the user's own keys, not blocks.
MAPS = frozenset({"tags", "tagsAll", "dimensions"})


def plan(resources: Iterable[Resource], outputs: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A Terraform plan (format 1.2, `terraform show -json`) that makes these resources; other providers' are left out.

    Raises KeyError for an AWS type that TYPES lacks. A value that another resource gives is known after apply, and
    named in the configuration: there scanners find what belongs together. Such values are the ids NAME-id, and those of
    `outputs`: value → the address of the output that gives it.
    """
    ours = [resource for resource in resources if resource.type.startswith("aws:")]
    ids = {f"{resource.name}-id": f"{address(resource)}.id" for resource in ours} | dict(outputs or {})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [_planned(resource, ids) for resource in ours]}},
        "resource_changes": [_change(resource) for resource in ours],
        "configuration": {"root_module": {"resources": [_configured(resource, ids) for resource in ours]}},
    }


def address(resource: Resource) -> str:
    """What Terraform would call the resource."""
    return f"{TYPES[resource.type]}.{resource.name}"


def _planned(resource: Resource, ids: Mapping[str, str]) -> dict[str, Any]:
    known = {key: value for key, value in resource.inputs.items() if not _references(value, ids)}
    return {**_head(resource), "values": _values(known, TYPES[resource.type])}


def _change(resource: Resource) -> dict[str, Any]:
    return {**_head(resource), "change": {"actions": ["create"], "before": None, "after": {}, "after_unknown": {}}}


def _configured(resource: Resource, ids: Mapping[str, str]) -> dict[str, Any]:
    named = {key: _references(value, ids) for key, value in resource.inputs.items()}
    expressions = {
        _name(TYPES[resource.type], key): {
            "references": [part for one in found for part in (one, one.rpartition(".")[0])]
        }
        for key, found in named.items()
        if found
    }
    return {**_head(resource), "expressions": expressions}


def _head(resource: Resource) -> dict[str, Any]:
    return {
        "address": address(resource),
        "mode": "managed",
        "type": TYPES[resource.type],
        "name": resource.name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
    }


def _references(value: Any, ids: Mapping[str, str]) -> list[str]:
    """The outputs of other resources that a value is made of."""
    texts = value if isinstance(value, list) else [value]
    return [ids[text] for text in texts if isinstance(text, str) and text in ids]


def _values(inputs: Mapping[str, Any], type_: str) -> dict[str, Any]:
    return {_name(type_, key): _value(key, value, type_) for key, value in inputs.items()}


def _value(key: str, value: Any, type_: str) -> Any:
    if isinstance(value, Mapping):
        # A block that occurs once is a list of one to Terraform.
        return dict(value) if key in MAPS else [_values(value, type_)]
    if isinstance(value, list):
        return [_values(item, type_) if isinstance(item, Mapping) else _value(key, item, type_) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _name(type_: str, key: str) -> str:
    return NAMES.get(f"{type_}.{key}") or re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", key)
