"""Roles and the policies in them: read as IAM reads them, and deleted in its order."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws_identity import InstanceProfile, Role, RolePolicy, RolePolicyAttachment
from rehearsal.providers.values import Values
from tests.standins import clouds

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
}
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clouds.Judged]:
    with clouds.judged(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


def changed(policy: Values, **other: object) -> str:
    return json.dumps({**policy, "Statement": [{**policy["Statement"][0], **other}]})


def test_a_role_its_policies_and_its_profile(cloud: clouds.Judged) -> None:
    role = cloud.make(Role, name="web", assumeRolePolicy=json.dumps(TRUST))
    assert (role.id, role.outputs["arn"]) == ("web", "arn:aws:iam::123456789012:role/web")
    assert cloud.make(RolePolicy, name="logs", role="web", policy=json.dumps(READ)).id == "web:logs"
    arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    assert cloud.make(RolePolicyAttachment, role="web", policyArn=arn).id == f"web/{arn}"
    assert cloud.make(InstanceProfile, name="web", role="web").id == "web"


@pytest.mark.parametrize(
    ("kind", "inputs", "said"),
    [
        (
            Role,
            {"name": "of-a-resource", "assumeRolePolicy": changed(TRUST, Resource="*")},
            "MalformedPolicyDocument: Has prohibited field Resource.",
        ),
        (
            Role,
            {"name": "a resource", "assumeRolePolicy": json.dumps(TRUST)},
            "ValidationException: 1 validation error detected: Value 'a resource' at 'roleName'",
        ),
        (
            RolePolicy,
            {"name": "p", "role": "other", "policy": changed(READ, Effect="Permit")},
            "MalformedPolicyDocument: Syntax errors in policy.",
        ),
        (
            RolePolicy,
            {"name": "p", "role": "other", "policy": changed(READ, Action="GetObject")},
            "MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            RolePolicy,
            {"name": "p", "role": "nobody", "policy": json.dumps(READ)},
            "NoSuchEntity: Role nobody not found",
        ),
        (
            RolePolicyAttachment,
            {"role": "other", "policyArn": "arn:aws:iam::aws:policy/AmazonNothing"},
            "NoSuchEntity: Policy arn:aws:iam::aws:policy/AmazonNothing does not exist or is not attachable.",
        ),
        (InstanceProfile, {"name": "p", "role": "nobody"}, "NoSuchEntity: Role nobody not found"),
    ],
)
def test_what_iam_refuses(cloud: clouds.Judged, kind: type[Role], inputs: Values, said: str) -> None:
    if not cloud.ledger.find(tokens.ROLE, "other"):
        cloud.make(Role, name="other", assumeRolePolicy=json.dumps(TRUST))
    assert cloud.refusal(kind, **inputs).startswith(said)


def test_a_role_goes_after_what_it_holds(tmp_path: Path) -> None:
    cloud = clouds.quiet(tmp_path)
    cloud.ledger.put(tokens.ROLE, "web", {"inputs": {}})
    cloud.ledger.put(tokens.ROLE_POLICY, "web:logs", {"inputs": {}, "role": "web"})
    with pytest.raises(RehearsalError, match="DeleteConflict: Cannot delete entity, must delete policies first"):
        Role(cloud).delete("web", {})
    RolePolicy(cloud).delete("web:logs", {})
    Role(cloud).delete("web", {})
    assert not cloud.ledger.entries


@pytest.mark.parametrize(
    ("kind", "inputs", "problem"),
    [
        (
            Role,
            {"assumeRolePolicy": changed(TRUST, Principal={})},
            ("assumeRolePolicy", "MalformedPolicyDocument: Missing required field Principal"),
        ),
        (Role, {"assumeRolePolicy": "{"}, ("assumeRolePolicy", "it contains an invalid JSON policy: ")),
        (Role, {"name": "a" * 65}, ("name", f"'{'a' * 65}' is longer than the 64 characters of a role's name")),
        (
            Role,
            {"assumeRolePolicy": json.dumps({"a": "b" * 2048})},
            ("assumeRolePolicy", "its 2056 characters are more than the 2048 that IAM takes"),
        ),
        (
            RolePolicyAttachment,
            {"policyArn": "AmazonSSMManagedInstanceCore"},
            ("policyArn", "'AmazonSSMManagedInstanceCore' is an invalid ARN: it does not begin with arn:"),
        ),
    ],
)
def test_what_a_preview_refuses(tmp_path: Path, kind: type[Role], inputs: Values, problem: tuple[str, str]) -> None:
    [(key, reason)] = kind(clouds.quiet(tmp_path)).check(inputs)
    assert key == problem[0] and reason.startswith(problem[1])
