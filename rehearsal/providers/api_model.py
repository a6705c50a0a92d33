"""What AWS's own description of its API forbids: values outside an enumeration, a length, a pattern."""

import re
from collections.abc import Iterator
from typing import Any

from rehearsal.errors import RehearsalError


def refuse(params: dict[str, Any], model: Any, **_: Any) -> None:
    """A handler of botocore's: RehearsalError, in AWS's words, if the request breaks the description."""
    found = list(problems(params, model.input_shape, ""))
    if found:
        many = "error" if len(found) == 1 else "errors"
        raise RehearsalError(f"ValidationException: {len(found)} validation {many} detected: {'; '.join(found)}")


def problems(value: Any, shape: Any, where: str) -> Iterator[str]:
    """Every value in a request that its shape does not allow; types and missing values are botocore's own matter."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for key, item in value.items():
            if key in shape.members:
                name = key[0].lower() + key[1:]
                yield from problems(item, shape.members[key], f"{where}.{name}" if where else name)
    elif shape.type_name == "list" and isinstance(value, list):
        for place, item in enumerate(value, start=1):
            yield from problems(item, shape.member, f"{where}.{place}.member")
    elif isinstance(value, str):
        yield from _text_problems(value, shape.metadata, where)


def _text_problems(value: str, rules: dict[str, Any], where: str) -> Iterator[str]:
    constraint = ""
    if (enum := rules.get("enum")) and value not in enum:
        constraint = f"satisfy enum value set: [{', '.join(enum)}]"
    elif len(value) > rules.get("max", len(value)):
        constraint = f"have length less than or equal to {rules['max']}"
    elif (pattern := rules.get("pattern")) and not _matches(pattern, value):
        constraint = f"satisfy regular expression pattern: {pattern}"
    if constraint:
        yield f"Value '{value}' at '{where}' failed to satisfy constraint: Member must {constraint}"


def _matches(pattern: str, value: str) -> bool:
    """Some patterns are Java's alone, such as those of Unicode classes: they are left to AWS."""
    try:
        return bool(re.fullmatch(pattern, value))
    except re.error:
        return True
