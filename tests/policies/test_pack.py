"""The policy pack says of each resource what the rules say: asked as the engine asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policies.catalogue import RULES
from policies.resource import Resource, judge
from tests.policies import environments
from tests.policies.pack import Pack, started
from tests.policies.test_examples import BY_NAME, EXAMPLES

PACKED = {rule.name for rule in RULES}


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    with started(environments.python_of("pack")) as running:
        yield running


def test_the_pack_holds_every_rule_and_stops_an_update(pack: Pack) -> None:
    policies = pack.policies()
    assert {name: policy.description for name, policy in policies.items()} == {rule.name: rule.says for rule in RULES}


def test_the_pack_has_nothing_against_the_stack(pack: Pack, stack: list[Resource]) -> None:
    assert [finding for resource in stack for finding in pack.findings(resource)] == []


def test_the_pack_says_what_the_rules_say_of_every_example(pack: Pack) -> None:
    examples = [example for example in EXAMPLES if example.rule in PACKED]
    assert len(examples) > 30
    for example in examples:
        for resource in (example.resource(example.bad), example.resource(example.good, stack="pr-42")):
            assert sorted(pack.findings(resource)) == sorted(judge(RULES, [resource])), example.rule
        assert f"{example.rule}: {example.sentence}" in pack.findings(example.resource(example.bad))
    assert BY_NAME.keys() > PACKED, "secrecy is not told to a pack: those rules stay in the tests"
