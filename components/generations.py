"""Secrets that are drawn anew when a number in the configuration is raised by one."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_random as random


@dataclass(frozen=True, kw_only=True)
class Generations:
    """The secret in use, and the one before it, which may be in use until all have changed over."""

    number: int
    current: pulumi.Output[str]
    previous: pulumi.Output[str] | None


def draw(name: str, number: int, *, length: int, parent: pulumi.Resource) -> Generations:
    """The secret of generation `number` and of the one before: letters and digits, which need quoting nowhere."""

    def secret(generation: int) -> pulumi.Output[str]:
        # Stacks from before there were generations have the first under the bare name.
        aliases = [pulumi.Alias(name=name)] if generation == 1 else None
        options = pulumi.ResourceOptions(parent=parent, aliases=aliases)
        return random.RandomPassword(f"{name}-{generation}", length=length, special=False, opts=options).result

    return Generations(number=number, current=secret(number), previous=secret(number - 1) if number > 1 else None)
