"""What AWS asks for a thing in a region, from the dated tables in `tables/`, and how sure that is."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median

TABLES = Path(__file__).resolve().parents[1] / "tables"
REFERENCE = "us-east-1"  # where AWS offers everything: what other regions are compared with
# Prices change now and then, and nobody has looked since: what is left for that where every check agreed.
AT_LEAST = Decimal("0.01")
# The largest difference between two sources of one price that was found: apache-libcloud 3.9.1 (its prices of
# 2025-03-02) shows r8g types 10 % and m5.large in il-central-1 10.7 % above AWS's own file of 2025-04-04.
UNCHECKED = Decimal("0.107")
# Fewer classes than this in both regions are no ground to reckon a third one from.
PEERS = 5

Rows = list[dict[str, str]]
Key = tuple[str, str]  # service and item


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A price: US dollars for one unit."""

    usd: Decimal
    unit: str
    date: str  # AWS published it on that day
    source: str
    within: Decimal  # of the price: how far off it may be
    reckoned: str = ""  # from what, where the region has no figure of its own


class Prices:
    """The price table, with its sources and what it was checked against."""

    def __init__(self, folder: Path = TABLES) -> None:
        self._sources = {row["key"]: row for row in _read(folder / "price_sources.csv")}
        self._rows = {(row["service"], row["item"]): row for row in _read(folder / "prices.csv")}
        self._allowances = {
            (row["service"], row["item"]): Decimal(row["amount"]) for row in _read(folder / "allowances.csv")
        }
        self._differences = self._checked(_read(folder / "price_checks.csv"))

    def of(self, service: str, item: str, region: str) -> Figure | None:
        """The price in a region, reckoned from another where it has none of its own; None where nothing is known."""
        row = self._rows.get((service, item))
        if row is None:
            return None
        if row.get(region):
            return self._figure(row, Decimal(row[region]), self._within(service))
        return self._reckoned(row, region)

    def allowance(self, service: str, item: str) -> Decimal:
        """What each account has free each month, in the unit of the price."""
        return self._allowances.get((service, item), Decimal(0))

    def differences(self, service: str) -> list[Decimal]:
        """Of each check of this service, how far the table is from it."""
        return self._differences.get(service, [])

    def _within(self, service: str) -> Decimal:
        found = self.differences(service)
        return max(AT_LEAST, *found) if found else UNCHECKED

    def _reckoned(self, row: Mapping[str, str], region: str) -> Figure | None:
        """The price in the reference region, times what the region asks for others of the same service."""
        service, base = row["service"], row.get(REFERENCE)
        ratios = [
            Decimal(peer[region]) / Decimal(peer[REFERENCE])
            for (of, _), peer in self._rows.items()
            if of == service and peer["unit"] == row["unit"] and peer.get(region) and peer.get(REFERENCE)
        ]
        if not base or len(ratios) < PEERS:
            return None
        factor = median(ratios)
        spread = max(abs(ratio / factor - 1) for ratio in ratios)
        return self._figure(
            row,
            (Decimal(base) * factor).quantize(Decimal("0.00001")),
            spread + self._within(service),
            f"{REFERENCE}'s {base} times {factor:.3f}, as {len(ratios)} others compare",
        )

    def _figure(self, row: Mapping[str, str], usd: Decimal, within: Decimal, reckoned: str = "") -> Figure:
        source = self._sources[row["source"]]
        return Figure(
            usd=usd,
            unit=row["unit"],
            date=source["date"],
            source=f"{source['publisher']}, kept in {source['kept_in']}" if source["kept_in"] else source["publisher"],
            within=within,
            reckoned=reckoned,
        )

    def _checked(self, checks: Rows) -> dict[str, list[Decimal]]:
        found: dict[str, list[Decimal]] = {}
        for check in checks:
            ours = self._rows.get((check["service"], check["item"]), {}).get(check["region"])
            if ours:
                difference = abs(Decimal(ours) / Decimal(check["usd"]) - 1)
                found.setdefault(check["service"], []).append(difference)
        return found


def _read(path: Path) -> Rows:
    """The rows of a table; lines that begin with # are for people."""
    with path.open() as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))
