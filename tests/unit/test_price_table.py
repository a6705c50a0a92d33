"""The price table itself: complete for what the stacks use, dated, sourced, and held against others."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

from cost.prices import TABLES, Prices

META = {"service", "item", "unit", "source"}


def rows(name: str) -> list[dict[str, str]]:
    lines = (TABLES / name).read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def test_every_figure_has_a_day_and_a_place_to_look_it_up() -> None:
    sources = {row["key"]: row for row in rows("price_sources.csv")}
    assert {row["source"] for row in rows("prices.csv")} == sources.keys()
    for row in sources.values():
        assert date.fromisoformat(row["date"]) <= date(2026, 11, 23) or "pricing.us-east-1" in row["publisher"]
        assert row["publisher"].startswith("https://")


def test_every_figure_is_a_price() -> None:
    found = [row[region] for row in rows("prices.csv") for region in row.keys() - META if row[region]]
    assert len(found) > 6000
    assert all(Decimal(figure) > 0 for figure in found)


def test_no_item_is_there_twice() -> None:
    keys = [(row["service"], row["item"]) for row in rows("prices.csv")]
    assert len(keys) == len(set(keys))


def test_what_others_read_or_were_billed_agrees_with_the_table() -> None:
    prices = Prices()
    found = {row["service"]: prices.differences(row["service"]) for row in rows("price_checks.csv")}
    # Each of the large items, and those that every stack has.
    assert {
        "ec2",
        "rds",
        "rds-multi-az",
        "ebs",
        "ipv4",
        "cloudwatch",
        "route53",
        "kms",
        "sns",
        "transfer",
    } == found.keys()
    assert sum(map(len, found.values())) == len(rows("price_checks.csv")) >= 110
    assert max(max(differences) for differences in found.values()) == 0


def test_a_database_in_two_zones_costs_about_twice_one() -> None:
    table = {(row["service"], row["item"]): row for row in rows("prices.csv")}
    classes = [item for service, item in table if service == "rds" and item.startswith("db.")]
    ratios = [
        Decimal(table["rds-multi-az", item][region]) / Decimal(table["rds", item][region])
        for item in classes
        for region in table["rds", item].keys() - META
        if table["rds", item][region]
    ]
    assert len(ratios) > 1000
    # To a tenth of a cent they are rounded.
    assert Decimal("1.9") < min(ratios) <= max(ratios) < Decimal("2.1")


# Regions that Infracost's table has no figure for.
WITHOUT_TRANSFER = {"ap-southeast-3", "ap-southeast-4", "eu-central-2", "eu-south-2", "me-central-1"}


def test_the_default_machines_have_a_figure_in_every_region_that_has_rds() -> None:
    prices, table = Prices(), rows("prices.csv")
    offered = [
        region for region in table[0].keys() - META if any(row[region] for row in table if row["service"] == "rds")
    ]
    assert len(offered) >= 29
    wanted = [
        ("ec2", "t4g.small"),
        ("rds", "db.t4g.micro"),
        ("rds", "gp3"),
        ("ipv4", "address"),
        ("cloudwatch", "alarm"),
    ]
    missing = [(item, region) for item in wanted for region in offered if prices.of(*item, region) is None]
    assert missing == [] and not prices.of("transfer", "out", "eu-central-2")
    assert {region for region in offered if prices.of("transfer", "out", region) is None} == WITHOUT_TRANSFER
