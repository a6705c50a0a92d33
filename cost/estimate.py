"""The sum: what a stack costs a month, how far off that may be and why, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cost.charge import Charge
from cost.charges import Bill, bill
from cost.prices import Figure, Prices
from cost.stacks import Stack
from cost.usage import Range, Usage

BUDGET = "aws:budgets/budget:Budget"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A charge at its price."""

    charge: Charge
    figure: Figure

    @property
    def usd(self) -> Range:
        """By the assumed usage alone, at the price of the table."""
        return self.charge.quantity * self.figure.usd


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """US dollars a month, before taxes."""

    stack: Stack
    usage: Usage
    lines: tuple[Line, ...]
    missing: tuple[Charge, ...]  # without a figure: counted as nothing
    bill: Bill
    allowances: Decimal  # what the account's free allowances take off, if nothing else uses them
    budget: Decimal | None

    @property
    def likely(self) -> Decimal:
        return sum((line.usd.likely for line in self.lines), Decimal(0))

    @property
    def least(self) -> Decimal:
        """Little used, each price at the lower end, nothing else in the account."""
        low = sum((line.usd.least * (1 - line.figure.within) for line in self.lines), Decimal(0))
        return low - self.allowances

    @property
    def most(self) -> Decimal:
        """Much used, each price at the upper end."""
        return sum((line.usd.most * (1 + line.figure.within) for line in self.lines), Decimal(0))

    @property
    def price_error(self) -> Decimal:
        """How far off the likely sum may be because of the prices alone."""
        return sum((line.usd.likely * line.figure.within for line in self.lines), Decimal(0))

    @property
    def dates(self) -> tuple[str, str]:
        """The oldest and the newest figure among the prices."""
        found = sorted(line.figure.date for line in self.lines)
        return (found[0], found[-1]) if found else ("", "")

    def warnings(self) -> Iterator[str]:
        """What somebody should know before the bill comes."""
        for charge in self.missing:
            yield (
                f"{charge.resource}: tables/prices.csv has no figure for {charge.service} {charge.item} in "
                f"{self.stack.region}, nor one to reckon it from: it is not counted."
            )
        for type_, number in self.bill.unknown.items():
            yield f"{number} x {type_}: cost/charges.py has neither a price nor a reason for it: it is not counted."
        if self.budget is not None and self.likely > self.budget:
            yield f"The estimate is above slipway:monthlyBudgetUsd ({self.budget}): raise that, or ask for less."
        elif self.budget is not None and self.most > self.budget:
            yield f"A busy month would be above slipway:monthlyBudgetUsd ({self.budget})."

    def left_out(self) -> Iterator[str]:
        """What AWS may charge and no line counts."""
        yield "taxes, AWS Support, the domain's registration, and the hosted zone (0.50 USD, once for all stacks)"
        yield "CPU credits beyond what a burstable class earns: an alarm tells of them"
        yield "snapshots that outlive the stack, and a dollar for each of the key's first two yearly rotations"
        for resource in self.stack.of_type("aws:rds/instance:Instance"):
            ceiling, size = resource.inputs.get("maxAllocatedStorage"), resource.inputs.get("allocatedStorage")
            if ceiling and size:
                yield f"storage that RDS adds by itself when {resource.name} fills up: {size:.0f} to {ceiling:.0f} GB"


def estimate(stack: Stack, usage: Usage, prices: Prices) -> Estimate:
    """What this stack costs, used like that."""
    found = bill(stack, usage)
    priced = [(charge, prices.of(charge.service, charge.item, stack.region)) for charge in found.charges]
    lines = tuple(Line(charge=charge, figure=figure) for charge, figure in priced if figure)
    return Estimate(
        stack=stack,
        usage=usage,
        lines=lines,
        missing=tuple(charge for charge, figure in priced if figure is None),
        bill=found,
        allowances=_allowances(lines, prices),
        budget=_budget(stack),
    )


def _allowances(lines: tuple[Line, ...], prices: Prices) -> Decimal:
    """Of the least that is used, what is free: valued at the lower end of its price."""
    used: dict[tuple[str, str], Decimal] = {}
    worth: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        key = (line.charge.service, line.charge.item)
        used[key] = used.get(key, Decimal(0)) + line.charge.quantity.least
        worth[key] = line.figure.usd * (1 - line.figure.within)
    return sum((min(used[key], prices.allowance(*key)) * worth[key] for key in used), Decimal(0))


def _budget(stack: Stack) -> Decimal | None:
    limits = [Decimal(str(budget.inputs["limitAmount"])) for budget in stack.of_type(BUDGET)]
    return limits[0] if limits else None
