"""One thing that AWS charges for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cost.usage import Range, Usage

# A month of AWS's, in hours: 8760 / 12 (AWS Pricing Calculator).
MONTH = Decimal(730)


@dataclass(frozen=True, kw_only=True)
class Charge:
    """So much of an item of the price table in a month, and of what it is made."""

    resource: str
    what: str
    service: str
    item: str
    quantity: Range  # in the unit of the price
    basis: str


def months(usage: Usage) -> Range:
    """The share of the month that the stack exists."""
    return usage.hours / MONTH
