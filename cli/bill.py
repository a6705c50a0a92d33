"""An estimate for people: what costs how much, how far off that may be, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from cost.estimate import Estimate, Line
from cost.usage import Range, meanings

SMALL = Decimal("0.005")  # less than that is shown as nothing
# In a pipe nothing is cut.
WIDE = 160


def show(found: Estimate, console: Console | None = None) -> None:
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = WIDE
    console.print(_charges(found))
    for sentence in _sums(found):
        console.print(sentence, markup=False)
    console.print(_assumptions(found))
    free = sum(number for number, _ in found.bill.free.values())
    console.print(f"\n{free} more resources cost nothing; --json has each type with the reason.", markup=False)
    console.print("Not counted:", *[f"  - {sentence}" for sentence in found.left_out()], sep="\n", markup=False)
    for warning in found.warnings():
        console.print(f"Warning: {warning}", style="yellow", markup=False)


def _charges(found: Estimate) -> Table:
    title = f"{found.stack.name} in {found.stack.region}, USD a month"
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column("", footer="likely")
    table.add_column("of", footer="")
    table.add_column("price", justify="right")
    table.add_column("USD", justify="right", footer=money(found.likely))
    for lines in _alike(found.lines):
        first, usd = lines[0], sum((line.usd.likely for line in lines), Decimal(0))
        times = f" x {len(lines)}" if len(lines) > 1 else ""
        table.add_row(
            first.charge.what + times,
            _quantity(lines),
            f"{first.figure.usd} / {first.figure.unit}" + (" (reckoned)" if first.figure.reckoned else ""),
            money(usd),
        )
    return table


def _alike(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines for the same thing at the same price together, the dearest first."""
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.charge.what, line.charge.service, line.charge.item), []).append(line)
    return sorted(groups.values(), key=lambda group: sum(-line.usd.likely for line in group))


def _quantity(lines: list[Line]) -> str:
    total = sum((line.charge.quantity.likely for line in lines), Decimal(0))
    return f"{number(total)} {lines[0].figure.unit if lines[0].figure.unit != 'month' else ''}".strip()


def _sums(found: Estimate) -> Iterable[str]:
    oldest, newest = found.dates
    yield f"About {money(found.likely)} USD, between {money(found.least)} and {money(found.most)}."
    yield (
        f"  Prices: +-{money(found.price_error)}. AWS published them between {oldest} and {newest}; "
        "tables/price_checks.csv holds them against later readings."
    )
    yield "  Usage: from the assumptions below; -a NAME=VALUE puts what you know in the place of a guess."
    yield f"  Free allowances of the account: up to -{money(found.allowances)}, if no other stack uses them up."
    for line in found.lines:
        if line.figure.reckoned:
            within = 100 * line.figure.within
            yield f"  Reckoned: {line.charge.what} from {line.figure.reckoned}; +-{within:.0f} %."
    if found.budget is not None:
        yield f"Budget: {found.budget} USD (slipway:monthlyBudgetUsd)."


def _assumptions(found: Estimate) -> Table:
    table = Table(title="\nAssumed for a month", title_justify="left")
    table.add_column("name")
    table.add_column("likely", justify="right")
    table.add_column("least to most", justify="right")
    table.add_column("")
    for name, meaning in meanings().items():
        given: Range = getattr(found.usage, name)
        spread = "" if given.least == given.most else f"{number(given.least)} to {number(given.most)}"
        table.add_row(name, number(given.likely), spread, meaning)
    return table


def money(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01'))}" if abs(amount) >= SMALL or not amount else "< 0.01"


def number(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')).normalize():f}"
