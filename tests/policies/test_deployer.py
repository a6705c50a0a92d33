"""docs/deployer-policy.json allows what the program's resources take, and is not about anything else."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

from policies.identity import many
from policies.resource import Resource
from tests.unit.running import ROOT

TEXT = (ROOT / "docs" / "deployer-policy.json").read_text()
STATEMENTS = json.loads(TEXT)["Statement"]
# Type → the calls that make and unmake one (Service Authorization Reference; Terraform's AWS provider).
CALLS = {
    "aws:budgets/budget:Budget": ("budgets:ModifyBudget", "budgets:ViewBudget"),
    "aws:cloudwatch/logGroup:LogGroup": ("logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": ("logs:PutMetricFilter", "logs:DeleteMetricFilter"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:DeleteAlarms",
        "iam:CreateServiceLinkedRole",
    ),
    "aws:ebs/volume:Volume": ("ec2:CreateVolume", "ec2:ModifyVolume", "ec2:CreateSnapshot", "ec2:DeleteVolume"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ("ec2:RevokeSecurityGroupEgress",),
    "aws:ec2/eip:Eip": ("ec2:AllocateAddress", "ec2:ReleaseAddress"),
    "aws:ec2/eipAssociation:EipAssociation": ("ec2:AssociateAddress", "ec2:DisassociateAddress"),
    "aws:ec2/instance:Instance": ("ec2:RunInstances", "ec2:ModifyInstanceAttribute", "ec2:TerminateInstances"),
    "aws:ec2/internetGateway:InternetGateway": ("ec2:CreateInternetGateway", "ec2:DeleteInternetGateway"),
    "aws:ec2/keyPair:KeyPair": ("ec2:ImportKeyPair", "ec2:DeleteKeyPair"),
    "aws:ec2/route:Route": ("ec2:CreateRoute", "ec2:DeleteRoute"),
    "aws:ec2/routeTable:RouteTable": ("ec2:CreateRouteTable", "ec2:DeleteRouteTable"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (
        "ec2:AssociateRouteTable",
        "ec2:DisassociateRouteTable",
    ),
    "aws:ec2/securityGroup:SecurityGroup": ("ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup"),
    "aws:ec2/subnet:Subnet": ("ec2:CreateSubnet", "ec2:DeleteSubnet"),
    "aws:ec2/vpc:Vpc": ("ec2:CreateVpc", "ec2:ModifyVpcAttribute", "ec2:DeleteVpc"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2:CreateVpcEndpoint", "ec2:DeleteVpcEndpoints"),
    "aws:ec2/volumeAttachment:VolumeAttachment": ("ec2:AttachVolume", "ec2:StopInstances", "ec2:DetachVolume"),
    "aws:iam/instanceProfile:InstanceProfile": ("iam:CreateInstanceProfile", "iam:DeleteInstanceProfile"),
    "aws:iam/role:Role": ("iam:CreateRole", "iam:PassRole", "iam:DeleteRole"),
    "aws:iam/rolePolicy:RolePolicy": ("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    "aws:kms/key:Key": ("kms:CreateKey", "kms:EnableKeyRotation", "kms:ScheduleKeyDeletion"),
    "aws:rds/instance:Instance": (
        "rds:CreateDBInstance",
        "rds:DescribeDBInstances",
        "rds:ModifyDBInstance",
        "rds:DeleteDBInstance",
        "iam:CreateServiceLinkedRole",
    ),
    "aws:rds/parameterGroup:ParameterGroup": ("rds:CreateDBParameterGroup", "rds:DeleteDBParameterGroup"),
    "aws:rds/subnetGroup:SubnetGroup": ("rds:CreateDBSubnetGroup", "rds:DeleteDBSubnetGroup"),
    "aws:route53/record:Record": ("route53:ChangeResourceRecordSets", "route53:GetChange"),
    "aws:sns/topic:Topic": ("sns:CreateTopic", "sns:SetTopicAttributes", "sns:DeleteTopic"),
    "aws:sns/topicPolicy:TopicPolicy": ("sns:SetTopicAttributes",),
    "aws:sns/topicSubscription:TopicSubscription": ("sns:Subscribe", "sns:Unsubscribe"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("ec2:AuthorizeSecurityGroupEgress",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("ec2:AuthorizeSecurityGroupIngress",),
}
LOOKUPS = {"ssm:GetParameter", "sts:GetCallerIdentity", "ec2:DescribeAvailabilityZones", "route53:ListHostedZones"}
# What AWS decides on no narrower resource than "*", so that a statement about a narrower one never allows it
# (Service Authorization Reference, actions without a resource type). The provider asks for an RDS instance by its
# resource id, as a filter, and RDS decides on db:* then (hashicorp/terraform-provider-aws, issue 35737).
WITHOUT_RESOURCE = {
    "kms:CreateKey",
    "logs:DescribeLogGroups",
    "rds:DescribeDBInstances",
    "route53:ListHostedZones",
    "route53:ListHostedZonesByName",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
    "sts:GetCallerIdentity",
}
# Services that act in the account by a role of their own, which the first call makes that needs it: RDS, and CloudWatch
# for alarms that recover an instance (CloudWatch API Reference, "PutMetricAlarm").
SERVICE_ROLES = {"events.amazonaws.com", "rds.amazonaws.com"}
# Longest text of a customer managed policy, spaces not counted (IAM User Guide, "IAM and AWS STS quotas").
LONGEST = 6144


def allowed(action: str) -> bool:
    return any(fnmatchcase(action, one) for statement in STATEMENTS for one in many(statement["Action"]))


def test_the_policy_allows_what_every_resource_takes(stack: list[Resource]) -> None:
    types = {resource.type for resource in stack if resource.type.startswith("aws:")}
    assert types <= CALLS.keys(), "a new type: add its calls here and to docs/deployer-policy.json"
    assert [call for type_ in sorted(types) for call in CALLS[type_] if not allowed(call)] == []


def test_the_policy_allows_what_is_looked_up() -> None:
    assert [call for call in sorted(LOOKUPS) if not allowed(call)] == []


def test_the_policy_is_about_no_other_service() -> None:
    used = {call.partition(":")[0] for calls in CALLS.values() for call in calls}
    used |= {call.partition(":")[0] for call in LOOKUPS}
    named = {one.partition(":")[0] for statement in STATEMENTS for one in many(statement["Action"])}
    assert named == used


def test_wide_actions_only_describe_and_wide_resources_are_bound_to_the_region() -> None:
    for statement in STATEMENTS:
        assert [one for one in many(statement["Action"]) if "*" in one and one != "ec2:Describe*"] == []
        services = {one.partition(":")[0] for one in many(statement["Action"])}
        if statement["Resource"] == "*" and services - {"sts", "route53"}:
            assert "aws:RequestedRegion" in json.dumps(statement.get("Condition")), statement["Sid"]


def test_what_aws_decides_on_no_resource_is_allowed_on_every_resource() -> None:
    everywhere = {one for statement in STATEMENTS if statement["Resource"] == "*" for one in many(statement["Action"])}
    named = {one for statement in STATEMENTS for one in many(statement["Action"])}
    assert sorted((WITHOUT_RESOURCE & named) - everywhere) == []


def test_roles_are_made_for_the_services_that_need_one_and_no_other() -> None:
    (statement,) = [one for one in STATEMENTS if "iam:CreateServiceLinkedRole" in many(one["Action"])]
    assert set(statement["Condition"]["StringEquals"]["iam:AWSServiceName"]) == SERVICE_ROLES
    assert statement["Resource"].startswith("arn:aws:iam::*:role/aws-service-role/")


def test_roles_are_handed_to_hosts_alone() -> None:
    (statement,) = [one for one in STATEMENTS if "iam:PassRole" in many(one["Action"])]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    assert statement["Resource"] != "*"


def test_aws_takes_a_policy_of_this_length() -> None:
    assert len(re.sub(r"\s", "", TEXT)) <= LONGEST
