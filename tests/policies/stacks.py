"""The resources of the committed stacks, as the program registers them under mocks."""

from __future__ import annotations

from functools import cache

import yaml

from policies.resource import Resource
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
