"""docs/security.md names what exists: every file, every rule and every test in it."""

from __future__ import annotations

import re

import pytest

from policies.catalogue import RULES
from policies.resource import Resource
from tests.unit.running import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]
PROOFS = sorted({found for row in ROWS for found in re.findall(r"`([^`]+)`", row[-1]) if "-" in found or "::" in found})
RULE_NAMES = {rule.name for rule in RULES}


def test_the_page_has_its_three_tables() -> None:
    assert len(ROWS) > 30 and len(PROOFS) > 20


@pytest.mark.parametrize("proof", PROOFS)
def test_every_proof_exists(proof: str) -> None:
    file, _, test = proof.partition("::")
    if test:
        assert f"def {test}(" in (ROOT / file).read_text()
    else:
        assert proof in RULE_NAMES


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:components|docs|policies|templates|tests)/[\w./]*)`", PAGE)))
)
def test_every_file_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_master_user_has_another_name_than_the_default(stack: list[Resource]) -> None:
    masters = {one.inputs["username"] for one in stack if "username" in one.inputs}
    assert masters and not masters & {"postgres", "admin"}
