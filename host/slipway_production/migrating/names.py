"""Which of Django's operations an operation is, by name: each version from 3.2 on has most of them, none has all."""

from __future__ import annotations

from typing import Any


def names(operation: Any) -> list[str]:
    """The classes of Django's that it is made of, the nearest first: a third party's is what it inherits from."""
    return [kind.__name__ for kind in type(operation).__mro__ if kind.__module__.startswith("django.")]


def is_a(operation: Any, name: str) -> bool:
    return name in names(operation)
