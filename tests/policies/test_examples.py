"""Every rule lets its good example pass, and says about its bad one exactly what is wrong."""

from __future__ import annotations

import pytest

from policies import secrets
from policies.catalogue import RULES
from policies.resource import Resource, Rule
from tests.policies.example import Example
from tests.policies.examples import compute, database, encryption, identity, network, records
from tests.policies.examples import secrets as secret_examples

SECRET_RULES = secrets.rules(frozenset({secret_examples.COMMAND}))
BY_NAME = {rule.name: rule for rule in (*RULES, *SECRET_RULES)}
EXAMPLES = [
    example
    for theme in (network, encryption, compute, database, identity, records, secret_examples)
    for example in theme.EXAMPLES
]
REFUSED = network.REFUSED | identity.REFUSED
OUT_OF_PLACE = "secrets-where-expected"


def label(example: Example) -> str:
    return f"{example.rule}-{example.type.split(':')[-1]}"


@pytest.mark.parametrize("example", EXAMPLES, ids=label)
def test_what_is_right_passes(example: Example) -> None:
    assert BY_NAME[example.rule].findings(example.resource(example.good)) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=label)
def test_what_is_wrong_is_named_with_its_remedy(example: Example) -> None:
    assert BY_NAME[example.rule].findings(example.resource(example.bad)) == [example.sentence]


@pytest.mark.parametrize(("rule", "type_"), REFUSED.items())
def test_some_types_are_refused_whatever_they_say(rule: str, type_: str) -> None:
    assert len(BY_NAME[rule].findings(Resource(type=type_, name="it", stack="dev", inputs={}))) == 1


def test_a_secret_in_an_unexpected_input_is_named() -> None:
    (rule,) = [rule for rule in SECRET_RULES if rule.name == OUT_OF_PLACE]
    resource = Resource(
        type=secret_examples.COMMAND,
        name="it",
        stack="dev",
        inputs={"create": "x", "stdin": "x"},
        secret_inputs=frozenset({"create", "stdin"}),
    )
    assert rule.findings(resource) == [
        "it has a secret in create, where none is expected; keep it out, or add it to policies/secrets.py."
    ]


def test_every_rule_has_a_good_and_a_bad_example() -> None:
    assert {example.rule for example in EXAMPLES} | REFUSED.keys() | {OUT_OF_PLACE} == BY_NAME.keys()
    assert len(BY_NAME) == len(RULES) + len(SECRET_RULES), "two rules bear the same name"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.production], ids=lambda rule: rule.name)
def test_what_must_not_be_lost_is_guarded_in_production_alone(rule: Rule) -> None:
    (bad, *_) = [example for example in EXAMPLES if example.rule == rule.name]
    assert rule.findings(bad.resource(bad.bad, stack="pr-42")) == []
    for stack in ("production", "prod-eu"):
        assert rule.findings(bad.resource(bad.bad, stack=stack))
