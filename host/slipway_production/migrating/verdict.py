"""What a migration does to the database, and whether the old code stays safe after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ADDITIVE = "additive"  # adds, or gives up nothing that anybody reads; locks for an instant
LOCKING = "locking"  # readers or writers of a table wait, for a time that grows with its rows
IRREVERSIBLE = "irreversible"  # `migrate` cannot undo it
DESTRUCTIVE = "destructive"  # takes away data, or a name that the old code uses
CLASSES = (ADDITIVE, LOCKING, IRREVERSIBLE, DESTRUCTIVE)


@dataclass(frozen=True)
class Verdict:
    """`safe_back`: nothing that the old code reads or writes can fail because of this, as far as the schema tells."""

    kind: str  # one of CLASSES
    safe_back: bool
    why: str  # reads on after "it": "drops the table shop_order"


NOTHING = Verdict(ADDITIVE, True, "changes nothing in the database")


def additive(why: str) -> Verdict:
    return Verdict(ADDITIVE, True, why)


def locking(why: str, safe_back: bool = True) -> Verdict:
    return Verdict(LOCKING, safe_back, why)


def destructive(why: str) -> Verdict:
    return Verdict(DESTRUCTIVE, False, why)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict for several: the worst class, safe only where all are; the reasons of those that are not harmless."""
    given = list(verdicts) or [NOTHING]
    kind = max((verdict.kind for verdict in given), key=CLASSES.index)
    safe_back = all(verdict.safe_back for verdict in given)
    telling = [verdict for verdict in given if verdict.kind != ADDITIVE or not verdict.safe_back]
    reasons = dict.fromkeys(verdict.why for verdict in telling or given if verdict != NOTHING)
    return Verdict(kind, safe_back, "; ".join(reasons) or NOTHING.why)
