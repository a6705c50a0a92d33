"""Secrets are in secret inputs, and those are where they are expected. Only where secrecy is known: under mocks.

A policy pack gets every value unwrapped, so that these rules cannot be in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.resource import Resource, Rule

# Inputs that may be secret as a whole, by type.
EXPECTED: Mapping[str, frozenset[str]] = {
    "aws:ec2/instance:Instance": frozenset({"userData"}),
    "aws:rds/instance:Instance": frozenset({"password"}),
    "command:remote:Command": frozenset({"connection", "stdin"}),
    "command:remote:CopyToRemote": frozenset({"connection"}),
}
# What a secret looks like: a private key, an AWS access key, a URL with a password in it.
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|://[^/\s:@]+:[^/\s:@]+@")


def expected(resource: Resource) -> Iterator[str]:
    for key in sorted(resource.secret_inputs - EXPECTED.get(resource.type, frozenset())):
        yield f"has a secret in {key}, where none is expected; keep it out, or add it to policies/secrets.py."


def wrapped(resource: Resource) -> Iterator[str]:
    for key, value in resource.inputs.items():
        if key not in resource.secret_inputs and any(SECRET.search(text) for text in texts(value)):
            yield f"shows a secret in {key}; wrap it in Output.secret."


def texts(value: Any) -> Iterator[str]:
    """Every text in an input, however deep; the engine keeps what is secret within one wrapped."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def rules(types: frozenset[str]) -> tuple[Rule, ...]:
    """The rules, for every type that a program uses: no type is above them."""
    return (
        Rule(name="secrets-where-expected", says="Only listed inputs hold secrets.", types=types, check=expected),
        Rule(name="secrets-wrapped", says="No secret is in clear.", types=types, check=wrapped),
    )
