"""What the web host may do in AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.naming import tags

POLICY_VERSION = "2012-10-17"  # of IAM's language; the only current one
TAKEN_ON_BY_HOSTS = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    statements: Sequence[Mapping[str, object]]  # of an IAM policy: all that the host may do


class Identity(pulumi.ComponentResource):
    """A role that only EC2 can take on, with the rights it is given and no other."""

    profile: pulumi.Output[str]  # name of the instance profile

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Identity", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role", assume_role_policy=policy(TAKEN_ON_BY_HOSTS), tags=tags(f"{name}-role"), opts=inside
        )
        rights = aws.iam.RolePolicy(f"{name}-rights", role=role.name, policy=policy(*args.statements), opts=inside)
        profile = aws.iam.InstanceProfile(f"{name}-profile", role=role.name, tags=tags(f"{name}-profile"), opts=inside)
        # A host that starts before its rights are there would be refused what it does first.
        self.profile = pulumi.Output.all(profile.name, rights.id).apply(lambda known: str(known[0]))
        self.register_outputs({})


def policy(*statements: Mapping[str, object]) -> str:
    """The text of an IAM policy."""
    return json.dumps({"Version": POLICY_VERSION, "Statement": statements})
