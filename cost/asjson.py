"""An estimate for programs: amounts are US dollars a month, as strings that lose nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cost.estimate import Estimate, Line
from cost.usage import Range, meanings


def cents(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))


def document(found: Estimate) -> dict[str, Any]:
    oldest, newest = found.dates
    return {
        "stack": found.stack.name,
        "region": found.stack.region,
        "monthly_usd": {"least": cents(found.least), "likely": cents(found.likely), "most": cents(found.most)},
        "error": {"prices_usd": cents(found.price_error), "free_allowances_usd": cents(found.allowances)},
        "prices": {"oldest": oldest, "newest": newest},
        "budget_usd": None if found.budget is None else str(found.budget),
        "lines": [_line(line) for line in found.lines],
        "free": [
            {"type": type_, "number": number, "reason": reason} for type_, (number, reason) in found.bill.free.items()
        ],
        "assumptions": {name: _range(getattr(found.usage, name)) for name in meanings()},
        "left_out": list(found.left_out()),
        "warnings": list(found.warnings()),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "resource": line.charge.resource,
        "what": line.charge.what,
        "item": f"{line.charge.service} {line.charge.item}",
        "basis": line.charge.basis,
        "quantity": _range(line.charge.quantity),
        "unit": line.figure.unit,
        "unit_usd": str(line.figure.usd),
        "price_of": line.figure.date,
        "price_within": str(line.figure.within),
        "reckoned": line.figure.reckoned,
        "source": line.figure.source,
        "usd": _range(line.usd),
    }


def _range(given: Range) -> dict[str, str]:
    names = ("least", "likely", "most")
    return {
        name: f"{value.quantize(Decimal('0.0001')).normalize():f}"
        for name, value in zip(names, given.values(), strict=True)
    }
