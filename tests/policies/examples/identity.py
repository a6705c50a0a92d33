"""Who may do what."""

import json
from typing import Any

from tests.policies.example import Example

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
TOPIC, KEY = "aws:sns/topicPolicy:TopicPolicy", "aws:kms/key:Key"


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


LOGS = "arn:aws:logs:eu-central-1:123456789012:log-group:/slipway/*"
LOGS_SERVICE = {"Principal": {"Service": "logs.amazonaws.com"}, "Action": "kms:Encrypt*", "Resource": "*"}
METRICS = {"Action": ["cloudwatch:PutMetricData"], "Resource": "*"}

EXAMPLES = (
    Example(
        rule="iam-actions-named",
        type=POLICY,
        good={"policy": policy(Action=["logs:PutLogEvents"], Resource=LOGS)},
        bad={"policy": policy(Action=["logs:Put*"], Resource=LOGS)},
        sentence="it allows the actions logs:Put*; name each action.",
    ),
    Example(
        rule="iam-actions-named",
        type=POLICY,
        good={"policy": policy(Action="logs:PutLogEvents", Resource=LOGS)},
        bad={"policy": policy(NotAction="iam:CreateUser", Resource=LOGS)},
        sentence="it allows all but what it names; name what it allows.",
    ),
    Example(
        rule="iam-actions-named",
        type=KEY,
        good={"policy": policy(Principal={"AWS": "arn:aws:iam::1:root"}, Action="kms:*", Resource="*")},
        bad={"policy": policy(Principal={"Service": "logs.amazonaws.com"}, Action="kms:*", Resource="*")},
        sentence="it allows the actions kms:*; name each action.",
    ),
    Example(
        rule="iam-actions-named",
        type=KEY,
        good={"policy": policy(**LOGS_SERVICE, Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": LOGS}})},
        bad={"policy": policy(**LOGS_SERVICE)},
        sentence="it allows the actions kms:Encrypt*; name each action.",
    ),
    Example(
        rule="iam-resources-named",
        type=POLICY,
        good={"policy": policy(**METRICS, Condition={"StringEquals": {"cloudwatch:namespace": "slipway"}})},
        bad={"policy": policy(**METRICS)},
        sentence="it allows cloudwatch:PutMetricData under every namespace; name one in a condition.",
    ),
    Example(
        rule="iam-resources-named",
        type=ROLE,
        good={"inlinePolicies": [{"policy": policy(Action="logs:PutLogEvents", Resource=LOGS)}]},
        bad={"inlinePolicies": [{"policy": policy(Action="logs:PutLogEvents", Resource="*")}]},
        sentence="it allows logs:PutLogEvents on every resource; name the resources.",
    ),
    Example(
        rule="iam-principals-named",
        type=ROLE,
        good={"assumeRolePolicy": policy(Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})},
        bad={"assumeRolePolicy": policy(Action="sts:AssumeRole", Principal={"AWS": "*"})},
        sentence="it trusts everybody in assumeRolePolicy; name who is trusted.",
    ),
    Example(
        rule="iam-principals-named",
        type=TOPIC,
        good={"policy": policy(Action="sns:Publish", Principal={"Service": "cloudwatch.amazonaws.com"})},
        bad={"policy": policy(Action="sns:Publish", Principal="*")},
        sentence="it trusts everybody in policy; name who is trusted.",
    ),
    Example(
        rule="iam-managed-policies-known",
        type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        good={"policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
        bad={"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        sentence="it attaches arn:aws:iam::aws:policy/AdministratorAccess, which grants more than is needed; "
        "write a policy of its own.",
    ),
)
# Rules that no resource of their type passes.
REFUSED = {"iam-no-users": "aws:iam/accessKey:AccessKey"}
