"""Whether a resource's own policy lets a service of AWS's in: what AWS asks a topic's and a key's policy."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from rehearsal.providers.values import Values


def allows(policy: str, service: str, action: str, context: Values | None = None) -> bool:
    """Whether the policy allows the service principal the action; `context` are the condition keys that are known.

    A condition on any other key counts as met: the stand-in cloud cannot know it.
    """
    allowed = False
    for statement in _statements(policy):
        if not (_names(statement, service) and _covers(statement, action) and _met(statement, context or {})):
            continue
        if statement.get("Effect") == "Deny":
            return False
        allowed = True
    return allowed


def _statements(policy: str) -> Iterator[dict[str, Any]]:
    found = json.loads(policy).get("Statement", [])
    yield from found if isinstance(found, list) else [found]


def _names(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal", {})
    if principal == "*":
        return True
    return isinstance(principal, dict) and any(
        fnmatchcase(service, name) or name == "*" for name in _list(principal.get("Service", []))
    )


def _covers(statement: dict[str, Any], action: str) -> bool:
    return any(fnmatchcase(action.lower(), name.lower()) for name in _list(statement.get("Action", [])))


def _met(statement: dict[str, Any], context: Values) -> bool:
    for operator, wanted in statement.get("Condition", {}).items():
        for key, values in wanted.items():
            if key in context and operator.startswith(("ArnLike", "ArnEquals", "StringLike", "StringEquals")):
                exact = operator.startswith("StringEquals")
                if not any(context[key] == v if exact else fnmatchcase(context[key], v) for v in _list(values)):
                    return False
    return True


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
