"""What cannot be known before the bill: how much of everything is used in a month. The one place of all assumptions."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Range:
    """A quantity: the least, the likely and the most of it."""

    least: Decimal
    likely: Decimal
    most: Decimal

    def __mul__(self, factor: Range | Decimal | int) -> Range:
        by = factor if isinstance(factor, Range) else exactly(factor)
        return Range(self.least * by.least, self.likely * by.likely, self.most * by.most)

    def __truediv__(self, number: Decimal | int) -> Range:
        return Range(self.least / number, self.likely / number, self.most / number)

    def values(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.least, self.likely, self.most


def exactly(value: Decimal | int | float | str) -> Range:
    """A quantity that is known."""
    return Range(*[Decimal(str(value))] * 3)


def between(least: str, likely: str, most: str) -> Range:
    return Range(Decimal(least), Decimal(likely), Decimal(most))


@dataclass(frozen=True, kw_only=True)
class Usage:
    """A month of a small site: about a million requests, a hundred thousand at least and three million at most."""

    hours: Range = field(
        default=exactly(730),
        metadata={"meaning": "hours of the month that the stack exists"},
    )
    egress_gb: Range = field(
        default=between("3", "30", "150"),
        metadata={"meaning": "GB sent to visitors: pages of about 30 kB, uploads and static files among them"},
    )
    log_gb: Range = field(
        default=between("0.2", "0.6", "3"),
        metadata={"meaning": "GB of logs from the host: about 0.3 kB for each request, and the system's own"},
    )
    database_log_gb: Range = field(
        default=between("0.05", "0.2", "1"),
        metadata={"meaning": "GB of logs from Postgres"},
    )
    zone_gb: Range = field(
        default=between("0", "5", "30"),
        metadata={"meaning": "GB between server and database, where they lie in two availability zones"},
    )
    backup_share: Range = field(
        default=between("0", "0", "0.5"),
        metadata={
            "meaning": "backups beyond what is free, which is as much as the database's storage: a share of the storage"
        },
    )
    emails: Range = field(
        default=between("5", "20", "200"),
        metadata={"meaning": "messages of the alarms"},
    )
    kms_requests: Range = field(
        default=between("5000", "20000", "100000"),
        metadata={"meaning": "uses of the key, by logs and alarms"},
    )
    dns_queries: Range = field(
        default=between("30000", "300000", "3000000"),
        metadata={"meaning": "questions for the site's names: its records live for a minute"},
    )

    def with_assumption(self, text: str) -> Usage:
        """With NAME=VALUE in place of a range; ValueError says what is wrong with it."""
        name, _, value = text.partition("=")
        known = [field.name for field in fields(self)]
        if name not in known:
            raise ValueError(f"{name!r} is no assumption; give one of {', '.join(known)} as NAME=VALUE.")
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise ValueError(f"{text!r} gives no number; write it as {name}=12.5.") from None
        if not number.is_finite() or number < 0:
            raise ValueError(f"{text!r} cannot be; give 0 or more.")
        return replace(self, **{name: exactly(number)})


def meanings() -> dict[str, str]:
    """What each assumption is about."""
    return {field.name: str(field.metadata["meaning"]) for field in fields(Usage)}
