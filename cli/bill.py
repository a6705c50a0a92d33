"""An estimate for people: what costs how much, how far off that may be, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cli import terminal
from cost.estimate import Estimate, Line
from cost.usage import Range, meanings

SMALL = Decimal("0.005")  # what is less than that would be shown as nothing


def show(found: Estimate) -> None:
    print(f"{found.stack.name} in {found.stack.region}, USD a month\n")
    terminal.table(["", "amount", "price", "USD"], _rows(found))
    print("\n" + "\n".join(_sums(found)) + "\n")
    terminal.table(["assumed", "likely", "least to most", ""], _assumptions(found))
    free = sum(number for number, _ in found.bill.free.values())
    print(f"\n{free} more resources cost nothing; --json has each type with the reason.")
    print("\n".join(["Not counted:", *(f"  - {sentence}" for sentence in found.left_out())]))
    for warning in found.warnings():
        print(f"Warning: {warning}")


def _rows(found: Estimate) -> list[list[terminal.Cell]]:
    rows: list[list[terminal.Cell]] = []
    for lines in _alike(found.lines):
        charge, figure = lines[0].charge, lines[0].figure
        amount = sum((line.charge.quantity.likely for line in lines), Decimal(0))
        usd = sum((line.usd.likely for line in lines), Decimal(0))
        rows.append(
            [
                charge.what + (f" x {len(lines)}" if len(lines) > 1 else ""),
                f"{number(amount):>8}",
                f"{figure.usd:>8} / {figure.unit}" + (" (reckoned)" if figure.reckoned else ""),
                f"{money(usd):>8}",
            ]
        )
    return [*rows, [("likely", "bold"), "", "", (f"{money(found.likely):>8}", "bold")]]


def _alike(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines for the same thing together, the dearest first."""
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.charge.what, line.charge.service, line.charge.item), []).append(line)
    return sorted(groups.values(), key=lambda group: sum(-line.usd.likely for line in group))


def _sums(found: Estimate) -> Iterable[str]:
    oldest, newest = found.dates
    yield f"About {money(found.likely)} USD, between {money(found.least)} and {money(found.most)}."
    yield f"  Prices: ±{money(found.price_error)}. AWS published them between {oldest} and {newest}."
    yield "  Usage: from what is assumed below; -a NAME=VALUE puts what you know in the place of a guess."
    yield f"  Free allowances of the account: up to -{money(found.allowances)}, if no other stack uses them up."
    for line in found.lines:
        if line.figure.reckoned:
            within = 100 * line.figure.within
            yield f"  Reckoned: {line.charge.what} from {line.figure.reckoned}; ±{within:.0f} %."
    if found.budget is not None:
        yield f"Budget: {found.budget} USD (slipway:monthlyBudgetUsd)."


def _assumptions(found: Estimate) -> list[list[terminal.Cell]]:
    rows: list[list[terminal.Cell]] = []
    for name, meaning in meanings().items():
        given: Range = getattr(found.usage, name)
        spread = "" if given.least == given.most else f"{number(given.least)} to {number(given.most)}"
        rows.append([name, number(given.likely), spread, meaning])
    return rows


def money(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01'))}" if abs(amount) >= SMALL or not amount else "< 0.01"


def number(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')).normalize():f}"
