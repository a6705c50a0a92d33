"""The rules, over every resource of the committed stacks."""

from __future__ import annotations

from policies import secrets
from policies.catalogue import RULES
from policies.resource import Resource, judge
from policies.tags import TAGGABLE
from tests.policies.stacks import resources


def test_no_rule_has_anything_against_the_stack(stack: list[Resource]) -> None:
    assert len(stack) > 40, "this looks at fewer resources than the program has"
    assert judge(RULES, stack) == []


def test_secrets_are_where_they_are_expected_and_nowhere_else(stack: list[Resource]) -> None:
    assert any(resource.secret_inputs for resource in stack)
    assert judge(secrets.rules(frozenset(resource.type for resource in stack)), stack) == []


def test_every_vpc_has_its_default_group_closed(stack: list[Resource]) -> None:
    types = [resource.type for resource in stack]
    assert types.count("aws:ec2/vpc:Vpc") == types.count("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup") == 1


def test_every_resource_that_has_tags_is_looked_at(stack: list[Resource]) -> None:
    assert {resource.type for resource in stack if "tags" in resource.inputs} <= TAGGABLE


def test_production_is_protected_and_dev_can_be_destroyed() -> None:
    protected = {resource.name for resource in resources("prod") if resource.protect}
    assert {"server-instance", "database-instance"} <= protected
    assert not [resource.name for resource in resources("dev") if resource.protect]
