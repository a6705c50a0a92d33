"""What a policy allows: a topic's or a key's own policy to a service of AWS's, a role's policies to an instance."""

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

# How a condition compares: IAM User Guide, "IAM JSON policy elements: Condition operators".
EXACT, PATTERN = ("StringEquals", "Bool"), ("ArnLike", "ArnEquals", "StringLike")
Context = dict[str, str]


def allows(
    policies: Iterable[str], action: str, *, service: str = "", resource: str = "*", context: Context | None = None
) -> bool:
    """Whether the policies, taken together, allow the action on the resource.

    `service` is the principal that a resource's own policy must name; a role's policies name none. A condition on a
    key that `context` does not hold lets through what is allowed, and forbids nothing.
    """
    allowed = False
    for statement in (statement for policy in policies for statement in statements(policy)):
        denies = statement.get("Effect") == "Deny"
        if not (_names(statement, service) and _covers(statement, action, resource)):
            continue
        if not _met(statement.get("Condition", {}), context or {}, unknown=not denies):
            continue
        if denies:
            return False
        allowed = True
    return allowed


def statements(policy: str) -> Iterator[dict[str, Any]]:
    """The statements of a policy, of which there may be one or a list."""
    yield from _list(json.loads(policy).get("Statement", []))


def _names(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    if principal is None or principal == "*":
        return True
    return any(name in (service, "*") for name in _list(principal.get("Service", [])))


def _covers(statement: dict[str, Any], action: str, resource: str) -> bool:
    actions = [name.lower() for name in _list(statement.get("Action", []))]
    resources = _list(statement.get("Resource", "*"))
    return any(fnmatchcase(action.lower(), name) for name in actions) and (
        resource == "*" or any(fnmatchcase(resource, pattern) for pattern in resources)
    )


def _met(conditions: dict[str, Any], context: Context, *, unknown: bool) -> bool:
    for operator, wanted in conditions.items():
        for key, values in wanted.items():
            if key not in context or operator not in (*EXACT, *PATTERN):
                if not unknown:
                    return False
            elif not any(
                context[key] == str(value) if operator in EXACT else fnmatchcase(context[key], str(value))
                for value in _list(values)
            ):
                return False
    return True


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
