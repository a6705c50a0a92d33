"""IAM: roles, what they may do, and the profiles that hand them to instances. moto reads their policies."""

import json
from collections.abc import Iterator

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.kind import physical_name
from rehearsal.providers.policies import statements
from rehearsal.providers.values import Values

# IAM counts no white space (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
LARGEST_TRUST_POLICY, LARGEST_INLINE_POLICIES = 2048, 10240
# An inline policy's name may not be longer, nor a role's be.
LONGEST_NAME = {"role": 64, "policy": 128}


class Named(CloudKind):
    """A kind whose physical name pulumi-aws makes up where there is none."""

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return {"name": physical_name(name, old, "name", seed)}


class Role(Named):
    type = tokens.ROLE
    arn = "arn:aws:iam::{account}:role/{id}"
    required = frozenset({"assumeRolePolicy"})
    optional = frozenset(
        {"name", "description", "forceDetachPolicies", "maxSessionDuration", "path", "permissionsBoundary", "tags"}
    )
    replaces = frozenset({"name", "path"})
    computed = frozenset({"arn", "uniqueId", "createDate"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        broken = list(policy_problems(inputs, "assumeRolePolicy", LARGEST_TRUST_POLICY))
        yield from broken
        if "assumeRolePolicy" in inputs and not broken:
            for statement in statements(inputs["assumeRolePolicy"]):
                if not statement.get("Principal"):
                    yield "assumeRolePolicy", "MalformedPolicyDocument: Missing required field Principal"
        if len(inputs.get("name", "")) > LONGEST_NAME["role"]:
            yield "name", f"{inputs['name']!r} is longer than the {LONGEST_NAME['role']} characters of a role's name"

    def outputs(self, id: str, inputs: Values) -> Values:
        arn = self.arn_of(inputs.get("path", "/").lstrip("/") + id)
        return {"arn": arn, "uniqueId": f"AROA{id.upper()}", "createDate": ""}

    def delete(self, id: str, state: Values) -> None:
        """AWS insists that a role's policies and profiles go first."""
        ledger = self.cloud.ledger
        for type, what in (
            (tokens.INSTANCE_PROFILE, "must remove roles from instance profile first."),
            (tokens.ROLE_POLICY_ATTACHMENT, "must detach all policies first."),
            (tokens.ROLE_POLICY, "must delete policies first."),
        ):
            if not state.get("forceDetachPolicies") and any(ledger.of(type, role=id)):
                raise RehearsalError(f"DeleteConflict: Cannot delete entity, {what}")
        super().delete(id, state)


class OfRole(CloudKind):
    """A kind that belongs to a role."""

    def facts(self, inputs: Values) -> Values:
        return {"role": inputs.get("role")}


class RolePolicy(OfRole, Named):
    type = tokens.ROLE_POLICY
    required = frozenset({"policy", "role"})
    optional = frozenset({"name"})
    replaces = frozenset({"name", "role"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from policy_problems(inputs, "policy", LARGEST_INLINE_POLICIES)


class RolePolicyAttachment(OfRole):
    type = tokens.ROLE_POLICY_ATTACHMENT
    required = frozenset({"policyArn", "role"})
    replaces = required

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if not str(inputs.get("policyArn", "arn:")).startswith("arn:"):
            yield "policyArn", f"{inputs['policyArn']!r} is an invalid ARN: it does not begin with arn:"


class InstanceProfile(OfRole, Named):
    type = tokens.INSTANCE_PROFILE
    arn = "arn:aws:iam::{account}:instance-profile/{id}"
    optional = frozenset({"name", "path", "role", "tags"})
    replaces = frozenset({"name", "path"})
    computed = frozenset({"arn", "uniqueId", "createDate"})

    def outputs(self, id: str, inputs: Values) -> Values:
        arn = self.arn_of(inputs.get("path", "/").lstrip("/") + id)
        return {"arn": arn, "uniqueId": f"AIPA{id.upper()}", "createDate": ""}


def policy_problems(inputs: Values, key: str, largest: int) -> Iterator[tuple[str, str]]:
    """A policy that is no JSON, or too large; what it says is read when it is made."""
    if key not in inputs:
        return
    try:
        text = json.dumps(json.loads(inputs[key]), separators=(",", ":"))
    except ValueError as error:
        yield key, f"it contains an invalid JSON policy: {error}"
        return
    if len(text) > largest:
        yield key, f"its {len(text)} characters are more than the {largest} that IAM takes"


KINDS = (Role, RolePolicy, RolePolicyAttachment, InstanceProfile)
