"""Who may do what: IAM, and the policies of topics and keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.resource import Resource, Rule

# Actions that AWS grants on no narrower resource than "*", or only under a condition
# (Service Authorization Reference: "Actions" tables without a resource type).
ON_EVERYTHING: Mapping[str, str] = {
    "cloudwatch:PutMetricData": "knows no resource; a condition names the namespace",
    "ec2:DescribeTags": "describes, and knows no resource",
    "ssm:UpdateInstanceInformation": "Session Manager's agent: the instance is named by its own credentials",
    "ssmmessages:CreateControlChannel": "Session Manager's agent: knows no resource",
    "ssmmessages:CreateDataChannel": "Session Manager's agent: knows no resource",
    "ssmmessages:OpenControlChannel": "Session Manager's agent: knows no resource",
    "ssmmessages:OpenDataChannel": "Session Manager's agent: knows no resource",
}
# Families of actions that the policy of a key may name, under a condition
# (CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using KMS").
FAMILIES = frozenset({"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"})
# Policies of AWS that may be attached whole.
MANAGED: Mapping[str, str] = {
    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore": "what Session Manager's agent needs, kept up by AWS",
}
# In the policy of a key or a topic, "*" as the resource means that key or topic.
RESOURCE_POLICIES = frozenset({"aws:kms/key:Key", "aws:sns/topicPolicy:TopicPolicy", "aws:sns/topic:Topic"})


def statements(document: object) -> list[dict[str, Any]]:
    """The statements of a policy document, given as JSON text or as it is; none where there is no document."""
    if isinstance(document, str):
        document = json.loads(document)
    found = document.get("Statement", []) if isinstance(document, Mapping) else []
    return [dict(one) for one in (found if isinstance(found, list) else [found])]


def many(value: object) -> list[str]:
    """What a policy document writes as one text or as a list of them."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]


def allowed(resource: Resource) -> Iterator[dict[str, Any]]:
    """What the policies of a resource allow; what they deny needs no limit."""
    documents = [resource.inputs.get("policy"), *(one.get("policy") for one in resource.items("inlinePolicies"))]
    for document in documents:
        yield from (one for one in statements(document) if one.get("Effect") == "Allow")


def narrow_actions(resource: Resource) -> Iterator[str]:
    for statement in allowed(resource):
        if "NotAction" in statement or "NotResource" in statement:
            yield "allows all but what it names; name what it allows."
        for action in many(statement.get("Action")):
            if "*" in action and not (resource.type in RESOURCE_POLICIES and _may_be_wide(statement, action)):
                yield f"allows the actions {action}; name each action."


def narrow_resources(resource: Resource) -> Iterator[str]:
    for statement in allowed(resource):
        if "*" not in many(statement.get("Resource")):
            continue
        for action in many(statement.get("Action")):
            if action not in ON_EVERYTHING:
                yield f"allows {action} on every resource; name the resources."
            elif action == "cloudwatch:PutMetricData" and not statement.get("Condition"):
                yield f"allows {action} under every namespace; name one in a condition."


def known_principals(resource: Resource) -> Iterator[str]:
    for key in ("assumeRolePolicy", "policy"):
        for statement in statements(resource.inputs.get(key)):
            principal = statement.get("Principal")
            named = [principal] if isinstance(principal, str) else list((principal or {}).values())
            strangers = "*" in [one for names in named for one in many(names)]
            if statement.get("Effect") == "Allow" and strangers and not statement.get("Condition"):
                yield f"trusts everybody in {key}; name who is trusted."


def known_attachments(resource: Resource) -> Iterator[str]:
    arn = str(resource.inputs.get("policyArn", ""))
    if ":aws:policy/" in arn and arn not in MANAGED:
        yield f"attaches {arn}, which grants more than is needed; write a policy of its own."


def no_users(resource: Resource) -> Iterator[str]:
    yield "is a long-lived identity; use a role."


def _may_be_wide(statement: Mapping[str, Any], action: str) -> bool:
    """Of a key or topic: its own account, which locks itself out otherwise, or a service under a condition."""
    if action in FAMILIES and statement.get("Condition"):
        return True
    principal = statement.get("Principal")
    accounts = many(principal.get("AWS")) if isinstance(principal, Mapping) else []
    return bool(accounts) and all(one.endswith(":root") for one in accounts)


POLICIES = frozenset({"aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy", "aws:iam/role:Role"})

RULES = (
    Rule(
        name="iam-actions-named",
        says="Policies name each action they allow.",
        types=POLICIES | RESOURCE_POLICIES,
        check=narrow_actions,
    ),
    Rule(
        name="iam-resources-named",
        says="Policies name the resources they allow actions on, save for actions that know none.",
        types=POLICIES,
        check=narrow_resources,
    ),
    Rule(
        name="iam-principals-named",
        says="Roles, topics and keys say who is trusted.",
        types=frozenset({"aws:iam/role:Role"}) | RESOURCE_POLICIES,
        check=known_principals,
    ),
    Rule(
        name="iam-managed-policies-known",
        says="Of AWS's own policies, only listed ones are attached.",
        types=frozenset({"aws:iam/rolePolicyAttachment:RolePolicyAttachment"}),
        check=known_attachments,
    ),
    Rule(
        name="iam-no-users",
        says="No IAM users and no access keys.",
        types=frozenset({"aws:iam/user:User", "aws:iam/accessKey:AccessKey"}),
        check=no_users,
    ),
)
