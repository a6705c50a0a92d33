"""checkov, over every resource of the committed stacks: nothing but what is accepted for a written reason."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from policies.export import TYPES, plan
from policies.resource import Resource
from tests.policies.scan import Scan, scan
from tests.policies.stacks import STACKS, outputs, resources
from tests.unit.running import ROOT

ACCEPTED: list[dict[str, Any]] = tomllib.loads((ROOT / "policies/checkov/accepted.toml").read_text())["accepted"]


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scan]:
    return {stack: _scan(stack, tmp_path_factory.mktemp(stack)) for stack in STACKS}


def _scan(stack: str, folder: Path) -> Scan:
    return scan(plan(resources(stack), outputs(stack)), folder)


def accepted(stack: str) -> set[tuple[str, str]]:
    return {
        (one["check"], resource)
        for one in ACCEPTED
        if stack in one.get("stacks", STACKS)
        for resource in one["resources"]
    }


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_found_that_is_not_accepted(scans: dict[str, Scan], stack: str) -> None:
    found = scans[stack].failed
    assert {key: found[key] for key in found.keys() - accepted(stack)} == {}


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_accepted_that_is_not_found(scans: dict[str, Scan], stack: str) -> None:
    assert accepted(stack) - scans[stack].failed.keys() == set()


@pytest.mark.parametrize("stack", STACKS)
def test_checkov_saw_every_resource_and_how_they_hang_together(scans: dict[str, Scan], stack: str) -> None:
    assert scans[stack].resources == len([one for one in resources(stack) if one.type.startswith("aws:")])
    # What only passes where checkov follows a reference from one resource to the next.
    assert {"CKV2_AWS_5", "CKV2_AWS_12", "CKV2_AWS_19"} <= scans[stack].passed


def test_every_acceptance_has_a_reason() -> None:
    assert [one["check"] for one in ACCEPTED if len(one["reason"].split()) < 5] == []


def test_checkov_finds_what_is_wrong(tmp_path: Path) -> None:
    open_database = [
        Resource(type=one.type, name=one.name, stack="prod", inputs={**one.inputs, "publiclyAccessible": True})
        if one.type == "aws:rds/instance:Instance"
        else one
        for one in resources("prod")
    ]
    found = scan(plan(open_database), tmp_path).failed
    assert ("CKV_AWS_17", "aws_db_instance.database-instance") in found


def test_a_type_without_a_terraform_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        plan([Resource(type="aws:s3/bucket:Bucket", name="it", stack="dev", inputs={})])
    assert len(set(TYPES.values())) == len(TYPES)
