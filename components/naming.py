"""What resources are called in the AWS console, where stacks of several projects lie side by side."""

from __future__ import annotations

import pulumi


def tags(name: str) -> dict[str, str]:
    """The tags of the resource `name` of this stack."""
    return {"Name": f"{stack_name()}-{name}", "slipway:stack": pulumi.get_stack()}


def stack_name() -> str:
    """The project and the stack in one word, where a name must be told apart within an account."""
    return f"{pulumi.get_project()}-{pulumi.get_stack()}"
