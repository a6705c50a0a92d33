"""The rules rest on nothing but the standard library: a policy pack has an environment of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.unit.running import ROOT
from tests.unit.test_doors import files, label, rooms

RULES = [path for path in files("policies") if ".venv" not in path.parts and path.parent.name == "policies"]


@pytest.mark.parametrize("path", RULES, ids=label)
def test_a_rule_needs_no_package(path: Path) -> None:
    assert rooms(path) <= sys.stdlib_module_names | {"policies"}


def test_the_pack_needs_pulumi_policy_alone() -> None:
    (pack,) = (ROOT / "policies/pack").glob("*.py")
    assert rooms(pack) <= sys.stdlib_module_names | {"policies", "pulumi_policy"}
