"""What a stack costs a month: the sum, its error, and what it does not know."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cost.asjson import document
from cost.charges import FREE, PRICED
from cost.estimate import Estimate, estimate
from cost.usage import Usage, meanings
from policies.resource import Resource
from tests.unit.priced import prices, resource, server, stack, usd

ADDRESS = resource("aws:ec2/eip:Eip", "address")
EXACT = Usage()
for text in ("egress_gb=10", "hours=100"):
    EXACT = EXACT.with_assumption(text)


def reckon(folder: Path, *resources: Resource, usage: Usage = EXACT) -> Estimate:
    return estimate(stack(*resources), usage, prices(folder))


def test_a_server_and_its_address_are_summed_to_the_cent(tmp_path: Path) -> None:
    found = reckon(tmp_path, server(), ADDRESS)
    assert {(line.charge.what, line.usd.likely) for line in found.lines} == {
        ("server t4g.small", usd("2.00")),
        ("system disk gp3", usd("2.0") * 100 / 730),
        ("sent to the internet", usd("0.90")),
        ("reports of the host", usd("0.06")),
        ("public IPv4 address", usd("0.500")),
    }
    assert document(found)["monthly_usd"]["likely"] == "3.73"
    assert list(found.warnings()) == []


def test_a_price_is_as_sure_as_its_checks(tmp_path: Path) -> None:
    table = prices(tmp_path)
    within = {
        service: figure.within
        for service in ("ec2", "ebs", "ipv4")
        if (figure := table.of(service, ITEM[service], "here"))
    }
    # Agrees with its check; 25 % above its check; never checked.
    assert within == {"ec2": usd("0.01"), "ebs": usd("0.25"), "ipv4": usd("0.107")}


ITEM = {"ec2": "t4g.small", "ebs": "gp3", "ipv4": "address"}


def test_the_least_takes_the_free_allowances_off_and_the_most_does_not(tmp_path: Path) -> None:
    ranged = Usage().with_assumption("hours=100")
    found = reckon(tmp_path, server(), usage=ranged)
    # 3, 30 or 150 GB at 0.09, never checked; the first 100 GB are free.
    assert found.allowances == 3 * usd("0.09") * (1 - usd("0.107"))
    certain = usd("2") * usd("0.99") + usd("2") * 100 / 730 * usd("0.75") + usd("0.06") * usd("0.893")
    assert found.least == pytest.approx(certain)
    assert found.most - found.likely > (150 - 30) * usd("0.09")


def test_a_class_without_a_figure_is_reckoned_from_another_region_and_says_so(tmp_path: Path) -> None:
    found = reckon(tmp_path, server("x9g.large"))
    (line,) = [line for line in found.lines if line.charge.service == "ec2"]
    # Five types compare: twice as dear is the middle, m7g.large with 1.8 times the farthest from it.
    assert line.figure.usd == usd("0.2")
    assert line.figure.reckoned == "us-east-1's 0.1 times 2.000, as 5 others compare"
    assert line.figure.within == usd("0.1") + usd("0.01")
    assert document(found)["lines"][0]["reckoned"] == line.figure.reckoned


def test_a_class_that_no_region_has_is_not_guessed(tmp_path: Path) -> None:
    found = reckon(tmp_path, server("y9g.large"))
    assert list(found.warnings()) == [
        "server: tables/prices.csv has no figure for ec2 y9g.large in here, nor one to reckon it from: "
        "it is not counted."
    ]
    assert "ec2" not in {line.charge.service for line in found.lines}


def test_a_type_that_nobody_thought_of_is_named(tmp_path: Path) -> None:
    found = reckon(tmp_path, server(), resource("aws:elasticache/cluster:Cluster"))
    assert list(found.warnings()) == [
        "1 x aws:elasticache/cluster:Cluster: cost/charges.py has neither a price nor a reason for it: "
        "it is not counted."
    ]


def test_an_alarm_costs_by_the_metrics_it_looks_at_and_our_own_metrics_cost_once(tmp_path: Path) -> None:
    def metric(name: str, namespace: str) -> dict[str, str]:
        return {"metricName": name, "namespace": namespace}

    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
    ours = resource(alarm, "ours", **metric("Disk", "Slipway/dev"))
    theirs = resource(alarm, "theirs", **metric("CPUUtilization", "AWS/EC2"))
    both = resource(
        alarm,
        "both",
        metricQueries=[
            {"id": "a", "metric": metric("Disk", "Slipway/dev")},
            {"id": "b", "metric": metric("Errors", "Slipway/dev")},
            {"id": "c", "expression": "a + b"},
        ],
    )
    charges = reckon(tmp_path, ours, theirs, both, usage=Usage()).bill.charges
    assert {(one.resource, int(one.quantity.likely)) for one in charges} == {
        ("ours", 1),
        ("theirs", 1),
        ("both", 2),
        ("metric Disk", 1),
        ("metric Errors", 1),
    }


@pytest.mark.parametrize(
    ("limit", "warning"),
    [
        ("2", "The estimate is above slipway:monthlyBudgetUsd (2): raise that, or ask for less."),
        ("4", "A busy month would be above slipway:monthlyBudgetUsd (4)."),
        ("100", None),
    ],
)
def test_a_budget_is_held_against_the_estimate(tmp_path: Path, limit: str, warning: str | None) -> None:
    budget = resource("aws:budgets/budget:Budget", limitAmount=limit)
    ranged = Usage().with_assumption("hours=10").with_assumption("log_gb=0")
    found = reckon(tmp_path, server(), budget, usage=ranged)
    assert found.likely < 4 < found.most < 100
    assert list(found.warnings()) == ([warning] if warning else [])


def test_what_is_given_replaces_the_guess() -> None:
    given = Usage().with_assumption("egress_gb=12.5")
    assert given.egress_gb.values() == (Decimal("12.5"),) * 3
    assert given.log_gb == Usage().log_gb


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("egress=1", "'egress' is no assumption; give one of hours, "),
        ("egress_gb=much", "'egress_gb=much' gives no number; write it as egress_gb=12.5."),
        ("egress_gb", "'egress_gb' gives no number; write it as egress_gb=12.5."),
        ("egress_gb=-1", "'egress_gb=-1' cannot be; give 0 or more."),
        ("egress_gb=nan", "'egress_gb=nan' cannot be; give 0 or more."),
    ],
)
def test_a_senseless_assumption_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError) as caught:
        Usage().with_assumption(text)
    assert str(caught.value).startswith(wrong)


def test_every_assumption_has_a_meaning() -> None:
    assert all(len(meaning.split()) > 3 for meaning in meanings().values())


def test_no_type_is_both_priced_and_free() -> None:
    assert PRICED.keys() & FREE.keys() == set()
