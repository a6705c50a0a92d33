"""The resources of the committed stacks, as the program registers them under mocks."""

from __future__ import annotations

from functools import cache

import yaml

from policies.export import address
from policies.resource import Resource
from tests.unit.recording import COMPUTED
from tests.unit.running import ROOT, run_program

STACKS = ("dev", "prod")


@cache
def resources(stack: str) -> list[Resource]:
    """What `pulumi up -s STACK` asks for, components left out: they are folders, not resources."""
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    values = {key.removeprefix("slipway:"): value for key, value in config.items() if key.startswith("slipway:")}
    return [
        Resource(
            type=one.type,
            name=one.name,
            stack=stack,
            inputs=one.inputs,
            protect=one.protect,
            secret_inputs=one.secret_inputs,
        )
        for one in run_program(values).resources
        if not one.type.startswith("slipway:")
    ]


# Outputs that are neither an id nor what a resource was given: type, output → its name in Terraform.
NAMED = {
    ("aws:ec2/eip:Eip", "publicIp"): "public_ip",
    ("aws:iam/instanceProfile:InstanceProfile", "name"): "name",
    ("aws:iam/role:Role", "name"): "name",
    ("aws:kms/key:Key", "arn"): "arn",
    ("aws:sns/topic:Topic", "arn"): "arn",
}


def outputs(stack: str) -> dict[str, str]:
    """Values that resources of the stack give to one another under mocks, and the addresses they come from."""
    return {
        COMPUTED[one.type][key].replace("{name}", one.name): f"{address(one)}.{name}"
        for one in resources(stack)
        for (type_, key), name in NAMED.items()
        if one.type == type_ and key in COMPUTED.get(type_, {})
    }
