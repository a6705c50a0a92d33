"""What rules judge: one resource as the program asks for it, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# The stacks that hold what must not be lost, beside those whose name begins with `prod-`.
PRODUCTION = ("prod", "production")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource before it exists. Inputs are in camelCase, as in Pulumi's schema, and may hold secrets."""

    type: str
    name: str
    stack: str
    inputs: Mapping[str, Any] = field(repr=False)
    protect: bool = False
    secret_inputs: frozenset[str] = frozenset()  # inputs that are secret as a whole

    def block(self, key: str) -> Mapping[str, Any]:
        """A nested input, empty where it is not given."""
        return self.inputs.get(key) or {}

    def items(self, key: str) -> list[Any]:
        """A list input, empty where it is not given."""
        return list(self.inputs.get(key) or [])


# Yields what is wrong with a resource, each sentence going on from the resource's name.
Check = Callable[[Resource], Iterator[str]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: which resources it looks at, and what it holds against them."""

    name: str
    says: str
    types: frozenset[str]
    check: Check
    production: bool = False  # only for stacks that hold what must not be lost

    def findings(self, resource: Resource) -> list[str]:
        """What this rule holds against the resource; nothing where it does not apply."""
        if resource.type not in self.types or (self.production and not in_production(resource.stack)):
            return []
        return [f"{resource.name} {finding}" for finding in self.check(resource)]


def in_production(stack: str) -> bool:
    """Whether the stack holds what must not be lost."""
    return stack in PRODUCTION or stack.startswith("prod-")


def judge(rules: Iterable[Rule], resources: Iterable[Resource]) -> list[str]:
    """Every finding of every rule, each with the rule's name."""
    judged = list(resources)
    return [f"{rule.name}: {finding}" for rule in rules for one in judged for finding in rule.findings(one)]
