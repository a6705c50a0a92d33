"""The price table is made from AWS's Price List: tried on a sample in the documented format, not on AWS itself."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cost.prices import TABLES, Prices
from tables.make_prices import figures, make
from tables.price_list import ITEMS, item_of

HEAD = """\
"FormatVersion","v1.0"
"Disclaimer","This pricing list is for informational purposes only."
"Publication Date","{day}T17:47:47Z"
"Version","20260918174747"
"OfferCode","{offer}"
"""
COLUMNS = [
    "SKU",
    "OfferTermCode",
    "RateCode",
    "TermType",
    "PriceDescription",
    "EffectiveDate",
    "StartingRange",
    "EndingRange",
    "Unit",
    "PricePerUnit",
    "Currency",
    "Instance Type",
    "Database Engine",
    "Deployment Option",
    "Tenancy",
    "Operating System",
    "Pre Installed S/W",
    "CapacityStatus",
    "usageType",
    "operation",
]


def price_list(offer: str, *rows: dict[str, str], day: str = "2026-09-18") -> str:
    """A file of the Price List, quoted as AWS quotes it."""
    always = {"TermType": "OnDemand", "Currency": "USD", "StartingRange": "0", "EndingRange": "Inf"}
    cells = [[(always | row).get(column, "") for column in COLUMNS] for row in rows]
    return HEAD.format(offer=offer, day=day) + "".join(
        ",".join(f'"{cell}"' for cell in line) + "\n" for line in [COLUMNS, *cells]
    )


def ec2(usage: str, price: str, **more: str) -> dict[str, str]:
    shared = {"Tenancy": "Shared", "Operating System": "Linux", "Pre Installed S/W": "NA", "CapacityStatus": "Used"}
    return {**shared, "Instance Type": usage.partition(":")[2], "usageType": usage, "PricePerUnit": price, **more}


def rds(
    usage: str, class_: str, price: str, deployment: str = "Single-AZ", engine: str = "PostgreSQL"
) -> dict[str, str]:
    named = {"usageType": usage, "Instance Type": class_, "Deployment Option": deployment, "Database Engine": engine}
    return {**named, "PricePerUnit": price}


def asked(service: str, item: str, text: str) -> str:
    _, found = figures(text.splitlines(), {(service, item): item_of(service, item)})
    return f"{found[service, item].normalize():f}"


def test_a_server_is_priced_on_demand_for_linux_on_shared_hardware() -> None:
    text = price_list(
        "AmazonEC2",
        ec2("EUC1-BoxUsage:t4g.small", "0.0192000000"),
        ec2("EUC1-DedicatedUsage:t4g.small", "0.0204000000", Tenancy="Dedicated"),
        ec2("EUC1-BoxUsage:t4g.small", "0.0480000000", **{"Operating System": "RHEL"}),
        ec2("EUC1-BoxUsage:t4g.small", "0.0120000000", TermType="Reserved"),
        ec2("EUC1-UnusedBox:t4g.small", "0.0192000000", CapacityStatus="UnusedCapacityReservation"),
    )
    assert asked("ec2", "t4g.small", text) == "0.0192"


def test_a_database_is_told_apart_by_engine_and_deployment_though_its_size_is_cut_short() -> None:
    text = price_list(
        "AmazonRDS",
        rds("EUC1-InstanceUsage:db.t4g.xl", "db.t4g.xlarge", "0.2980000000"),
        rds("EUC1-Multi-AZUsage:db.t4g.xl", "db.t4g.xlarge", "0.5950000000", "Multi-AZ"),
        rds("EUC1-InstanceUsage:db.t4g.xl", "db.t4g.xlarge", "0.2730000000", engine="MySQL"),
        rds("EUC1-InstanceUsageIOOptimized:db.t4g.xl", "db.t4g.xlarge", "0.4000000000"),
        rds("EUC1-InstanceUsage:db.t4g.2xl", "db.t4g.2xlarge", "0.5950000000"),
    )
    assert asked("rds", "db.t4g.xlarge", text) == "0.298"
    assert asked("rds-multi-az", "db.t4g.xlarge", text) == "0.595"


def test_the_first_tier_that_is_not_free_counts() -> None:
    def row(first: str, price: str) -> dict[str, str]:
        return {"usageType": "eu-central-1-KMS-Requests", "StartingRange": first, "PricePerUnit": price}

    assert asked("kms", "request", price_list("awskms", row("0", "0"), row("20000", "0.0000030000"))) == "0.003"


def test_us_east_1_has_usage_types_without_a_region() -> None:
    text = price_list("AmazonVPC", {"usageType": "PublicIPv4:InUseAddress", "PricePerUnit": "0.0050000000"})
    assert asked("ipv4", "address", text) == "0.005"


def test_two_prices_for_one_thing_are_an_error() -> None:
    rows = [{"usageType": "EUC1-PublicIPv4:InUseAddress", "PricePerUnit": price} for price in ("0.005", "0.006")]
    with pytest.raises(SystemExit) as caught:
        asked("ipv4", "address", price_list("AmazonVPC", *rows))
    assert str(caught.value) == "ipv4 address has 2 prices (0.005, 0.006): narrow it."


def test_what_is_no_price_list_is_an_error() -> None:
    with pytest.raises(SystemExit) as caught:
        figures(["<html>", "busy"], {})
    assert str(caught.value) == "This is no price list: no line begins with SKU."


def test_every_item_of_the_table_can_be_looked_for() -> None:
    rows = csv.DictReader((TABLES / "prices.csv").read_text().splitlines())
    offers = {item_of(row["service"], row["item"]).offer for row in rows}
    assert offers == {item.offer for item in ITEMS.values()}


def test_the_table_is_written_anew_with_the_oldest_day_and_without_what_is_gone(tmp_path: Path) -> None:
    tables, lists = tmp_path / "tables", tmp_path / "lists"
    tables.mkdir()
    for name in ("price_checks", "allowances"):
        (tables / f"{name}.csv").write_text((TABLES / f"{name}.csv").read_text())
    (tables / "prices.csv").write_text(
        "service,item,unit,source,eu-central-1,sa-east-1\n"
        "ec2,t4g.small,hour,ec2,0.9,0.9\nec2,t1.micro,hour,ec2,0.9,\nipv4,address,hour,vpc,0.9,0.9\n"
    )
    for region, price, day in (("eu-central-1", "0.0192", "2026-11-20"), ("us-east-1", "0.0168", "2026-11-18")):
        for offer, row in (
            ("AmazonEC2", ec2("EUC1-BoxUsage:t4g.small", price)),
            ("AmazonVPC", {"usageType": "PublicIPv4:InUseAddress", "PricePerUnit": "0.005"}),
        ):
            (lists / offer).mkdir(parents=True, exist_ok=True)
            (lists / offer / f"{region}.csv").write_text(price_list(offer, row, day=day))
    assert make(["eu-central-1", "us-east-1"], lists, tables) == ["ec2 t1.micro"]
    assert (tables / "prices.csv").read_text() == (
        "service,item,unit,source,eu-central-1,us-east-1\n"
        "ec2,t4g.small,hour,AmazonEC2,0.0192,0.0168\nipv4,address,hour,AmazonVPC,0.005,0.005\n"
    )
    figure = Prices(tables).of("ec2", "t4g.small", "eu-central-1")
    assert figure and (figure.date, figure.source) == (
        "2026-11-18",
        "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/{region}/index.csv",
    )
