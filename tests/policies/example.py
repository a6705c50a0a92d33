"""The shape of an example: the same kind of resource as it should be, and as it should not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from policies.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Example:
    """One rule, inputs that it lets pass, inputs that it does not, and the whole sentence about those."""

    rule: str
    type: str
    good: dict[str, Any]
    bad: dict[str, Any]
    sentence: str
    secret_inputs: frozenset[str] = frozenset()  # of the good one

    def resource(self, inputs: dict[str, Any], stack: str = "prod") -> Resource:
        secrets = self.secret_inputs if inputs is self.good else frozenset()
        return Resource(type=self.type, name="it", stack=stack, inputs=inputs, secret_inputs=secrets)
