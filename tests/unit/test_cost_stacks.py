"""The committed stacks: all that they ask for has a price or a reason, and is read without engine and network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
import yaml

from cost.charges import FREE, PRICED
from cost.estimate import estimate
from cost.prices import Prices
from cost.stacks import CostError, Stack, read
from cost.usage import Usage
from policies.export import TYPES
from policies.resource import Resource
from tests.unit.running import ROOT, run_program

# Every resource that a configuration can ask for.
EVERYTHING = {
    "databaseReadReplica": True,
    "databaseMultiAz": True,
    "alarmEmail": "me@example.org",
    "sshThroughSessionManager": True,
    "mediaVolumeGb": 30,
    "adminCidrs": [],
}


def config(stack: str) -> dict[str, Any]:
    values = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {key.removeprefix("slipway:"): value for key, value in values.items() if key.startswith("slipway:")}


def under_mocks(name: str, **more: Any) -> Stack:
    registered = run_program(config(name) | more, preview=True).resources
    resources = [
        Resource(type=one.type, name=one.name, stack=name, inputs=one.inputs)
        for one in registered
        if not one.type.startswith("slipway:")
    ]
    return Stack(name=name, region="eu-central-1", resources=tuple(resources))


@pytest.mark.parametrize(("name", "more"), [("dev", {}), ("prod", {}), ("local", {}), ("prod", EVERYTHING)])
def test_everything_has_a_price_or_a_reason(name: str, more: dict[str, Any]) -> None:
    found = estimate(under_mocks(name, **more), Usage(), Prices())
    assert found.bill.unknown == {}, "give each of these types a price or a reason in cost/charges.py"
    assert found.missing == ()
    assert {line.figure.reckoned for line in found.lines} == {""}


def test_no_type_that_is_exported_for_scanners_is_unknown_here() -> None:
    assert TYPES.keys() - (PRICED.keys() | FREE.keys()) == set()


def test_a_replica_and_a_second_zone_are_counted() -> None:
    plain, more = (estimate(under_mocks("prod", **asked), Usage(), Prices()) for asked in ({}, EVERYTHING))
    what = [line.charge.what for line in more.lines]
    assert "database db.t4g.small in two zones" in what and "read replica db.t4g.small" in what
    # The standby and the replica: class and storage again.
    assert 60 < more.likely - plain.likely < 80


def test_prod_costs_less_than_its_budget_and_dev_less_than_prod() -> None:
    dev, prod = (estimate(under_mocks(name), Usage(), Prices()) for name in ("dev", "prod"))
    assert dev.most < prod.least < prod.most < (prod.budget or 0)
    # What docs/cost.md says of them.
    assert 40 < dev.likely < 50 and 70 < prod.likely < 85


def test_a_stack_is_read_from_its_files_alone() -> None:
    mocked, found = under_mocks("prod"), read(ROOT, "prod")
    assert sorted((one.type, one.name) for one in found.resources) == sorted(
        (one.type, one.name) for one in mocked.resources
    )
    priced = [estimate(one, Usage(), Prices()).likely for one in (mocked, found)]
    assert priced[0] == priced[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of this project, to be changed."""
    folder = tmp_path / "project"
    copytree(ROOT, folder, ignore=ignore_patterns(".*", "tests", "docs", "bench", "example"))
    return folder


def test_secrets_and_the_code_of_the_app_are_not_needed(project: Path) -> None:
    file = project / "Pulumi.dev.yaml"
    document = yaml.safe_load(file.read_text())
    document["config"] |= {
        "slipway:appSecrets": {"TOKEN": {"secure": "v1:abc:def"}},
        "slipway:appSource": "https://nowhere.invalid/app.git",
    }
    file.write_text(yaml.safe_dump(document))
    assert len(read(project, "dev").resources) == len(under_mocks("dev").resources)


def test_what_the_program_refuses_is_said_as_it_says_it(project: Path) -> None:
    (project / "Pulumi.pr-7.yaml").write_text("config: {aws:region: eu-west-1, slipway:domain: x}\n")
    with pytest.raises(CostError) as caught:
        read(project, "pr-7")
    assert "hostedZone" in str(caught.value)


def test_a_stack_without_a_file_is_not_guessed() -> None:
    with pytest.raises(CostError) as caught:
        read(ROOT, "staging")
    assert str(caught.value) == (
        f"Pulumi.staging.yaml is not in {ROOT}: name a stack that has a file "
        "(Pulumi.dev.yaml, Pulumi.local.yaml, Pulumi.prod.yaml)."
    )


def test_a_stack_without_a_region_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: slipway\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(CostError) as caught:
        read(tmp_path, "dev")
    assert str(caught.value) == "Pulumi.dev.yaml sets no aws:region: add it under config, such as eu-central-1."


def test_settings_that_are_no_mapping_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: slipway\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: 5\n")
    with pytest.raises(CostError, match=r"^Pulumi\.dev\.yaml: config is no mapping of keys to values\.$"):
        read(tmp_path, "dev")


def slipway(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cli.entry import main; main()", "cost", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_the_command_prints_the_sum_and_what_it_rests_on() -> None:
    done = slipway("-s", "prod", "-a", "egress_gb=0")
    assert (done.returncode, done.stderr) == (0, "")
    expected = estimate(under_mocks("prod"), Usage().with_assumption("egress_gb=0"), Prices())
    assert f"About {expected.likely:.2f} USD, between {expected.least:.2f} and {expected.most:.2f}." in done.stdout
    assert "Budget: 150 USD (slipway:monthlyBudgetUsd)." in done.stdout
    assert "server t4g.medium" in done.stdout and "egress_gb" in done.stdout and "Not counted:" in done.stdout
    assert "…" not in done.stdout


def test_the_command_speaks_json() -> None:
    done = slipway("-s", "dev", "--json")
    found = json.loads(done.stdout)
    expected = estimate(under_mocks("dev"), Usage(), Prices())
    assert found["monthly_usd"]["likely"] == f"{expected.likely:.2f}" and found["warnings"] == []
    assert {"type", "number", "reason"} == found["free"][0].keys()
    assert all(line["source"].startswith("https://") and line["price_of"] for line in found["lines"])


def test_a_senseless_assumption_is_one_sentence() -> None:
    done = slipway("-s", "dev", "-a", "visitors=9")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("slipway: 'visitors' is no assumption; give one of hours, ")
    assert done.stderr.count("\n") == 1
