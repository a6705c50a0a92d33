"""Writes tables/prices.csv anew from AWS's public Price List: `.venv/bin/python -m tables.make_prices REGION ...`.

Needs no account. The format: AWS Billing User Guide, "Reading the service price list files". What is asked for are the
items that the table has already; --from FOLDER reads FOLDER/OFFER/REGION.csv in place of the network.
"""

from __future__ import annotations

import argparse
import csv
import io
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from tables.price_list import Item, item_of

FOLDER = Path(__file__).parent
URL = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{offer}/current/{region}index.csv"
# Read beside what is asked for: other regions are reckoned from it.
REFERENCE = "us-east-1"
# Offers of one file for all regions.
GLOBAL = {"AmazonRoute53"}
META = ("service", "item", "unit", "source")

Row = Mapping[str, str]


def figures(lines: Iterable[str], wanted: Mapping[tuple[str, str], Item]) -> tuple[str, dict[tuple[str, str], Decimal]]:
    """The day of publication, and what each wanted item costs: the lowest tier that is not free."""
    published, rows = _rows(lines)
    found: dict[tuple[str, str], dict[Decimal, set[Decimal]]] = {}
    for row in rows:
        if row["TermType"] != "OnDemand" or row["Currency"] != "USD":
            continue
        price = Decimal(row["PricePerUnit"])
        for key, item in wanted.items():
            if price and item.matches(row):
                tiers = found.setdefault(key, {})
                tiers.setdefault(Decimal(row["StartingRange"] or 0), set()).add(price * item.factor)
    return published, {key: _single(key, tiers) for key, tiers in found.items()}


def _rows(lines: Iterable[str]) -> tuple[str, Iterator[Row]]:
    """A file begins with a few lines of its own, the day among them; the columns' names begin with SKU."""
    reader = csv.reader(lines)
    published = ""
    for cells in reader:
        if cells[0] == "Publication Date":
            published = cells[1][:10]
        elif cells[0] == "SKU":
            return published, (dict(zip(cells, row, strict=False)) for row in reader)
    raise SystemExit("This is no price list: no line begins with SKU.")


def _single(key: tuple[str, str], tiers: Mapping[Decimal, set[Decimal]]) -> Decimal:
    prices = tiers[min(tiers)]
    if len(prices) > 1:
        raise SystemExit(
            f"{' '.join(key)} has {len(prices)} prices ({', '.join(map(str, sorted(prices)))}): narrow it."
        )
    return prices.pop()


def opened(offer: str, region: str, folder: Path | None) -> TextIO:
    if folder:
        return (folder / offer / f"{region}.csv").open()
    place = "" if offer in GLOBAL else f"{region}/"
    answer = urllib.request.urlopen(URL.format(offer=offer, region=place), timeout=600)
    return io.TextIOWrapper(answer, encoding="utf-8")


def make(regions: list[str], folder: Path | None, tables: Path) -> list[str]:
    """Writes both tables; gives what has no figure any more."""
    known = list(csv.DictReader((tables / "prices.csv").read_text().splitlines()))
    wanted = {(row["service"], row["item"]): item_of(row["service"], row["item"]) for row in known}
    days: dict[str, str] = {}
    prices: dict[tuple[str, str], dict[str, str]] = {key: {} for key in wanted}
    for offer in sorted({item.offer for item in wanted.values()}):
        asked = {key: item for key, item in wanted.items() if item.offer == offer}
        for region in regions:
            with closing(opened(offer, region, folder)) as lines:
                day, found = figures(lines, asked)
            days[offer] = min(day, days.get(offer, day))
            for key, usd in found.items():
                prices[key][region] = f"{usd.normalize():f}"
    kept = [row for row in known if prices[row["service"], row["item"]]]
    with (tables / "prices.csv").open("w") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow([*META, *regions])
        for row in kept:
            key = (row["service"], row["item"])
            cells = [prices[key].get(region, "") for region in regions]
            writer.writerow([row["service"], row["item"], row["unit"], wanted[key].offer, *cells])
    with (tables / "price_sources.csv").open("w") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(["key", "date", "publisher", "kept_in"])
        for offer, day in days.items():
            place = "" if offer in GLOBAL else "{region}/"
            writer.writerow([offer, day, URL.format(offer=offer, region=place), ""])
    return [f"{row['service']} {row['item']}" for row in known if row not in kept]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("region", nargs="+")
    parser.add_argument("--from", dest="folder", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    asked_for = list(dict.fromkeys([*arguments.region, REFERENCE]))
    for gone in make(asked_for, arguments.folder, FOLDER):
        print(f"{gone}: no figure any more, left out")
