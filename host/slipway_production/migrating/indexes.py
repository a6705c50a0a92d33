"""Operations on indexes and constraints."""

from __future__ import annotations

from slipway_production.migrating.change import Change
from slipway_production.migrating.verdict import ADDITIVE, Verdict, additive, destructive, locking, together


def add_index(change: Change) -> Verdict:
    return locking(
        f"builds the index {change.operation.index.name} on {change.table} while its writers wait "
        "(AddIndexConcurrently would not)"
    )


def add_index_concurrently(change: Change) -> Verdict:
    return additive(f"builds the index {change.operation.index.name} on {change.table} beside its writers")


def remove_index(change: Change) -> Verdict:
    return additive(f"drops an index of {change.table}, which may make the old code slower")


def rename_index(change: Change) -> Verdict:
    return additive(f"renames an index of {change.table}")


def add_constraint(change: Change) -> Verdict:
    constraint = change.operation.constraint
    how = "checks every row" if type(constraint).__name__ == "CheckConstraint" else "builds an index"
    why = f"{how} of {change.table} for the constraint {constraint.name} while its writers wait"
    return locking(f"{why}; rows of the old code that break it are refused", safe_back=False)


def add_constraint_not_valid(change: Change) -> Verdict:
    why = f"adds the constraint {change.operation.constraint.name} to {change.table}"
    return Verdict(ADDITIVE, False, f"{why}: rows of the old code that break it are refused")


def validate_constraint(change: Change) -> Verdict:
    return additive(f"checks the rows of {change.table} beside its writers")


def remove_constraint(change: Change) -> Verdict:
    return additive(f"drops the constraint {change.operation.name} of {change.table}")


def unique_together(change: Change) -> Verdict:
    return together_option(
        change, "unique_together", "a unique index", "; duplicates of the old code are refused", False
    )


def index_together(change: Change) -> Verdict:
    return together_option(change, "index_together", "an index", "", True)


def together_option(change: Change, option: str, what: str, after: str, safe_back: bool) -> Verdict:
    states = [
        state.models[change.app, change.model_name].options.get(option) or set()
        for state in (change.before, change.after)
    ]
    old, new = ({tuple(fields) for fields in state} for state in states)
    added = [
        locking(f"builds {what} on {', '.join(fields)} of {change.table} while its writers wait{after}", safe_back)
        for fields in sorted(new - old)
    ]
    return together([additive(f"drops an index of {change.table}")] * bool(old - new) + added)


def order_with_respect_to(change: Change) -> Verdict:
    states = [
        state.models[change.app, change.model_name].options.get("order_with_respect_to")
        for state in (change.before, change.after)
    ]
    if bool(states[0]) == bool(states[1]):
        return together([])
    if states[1]:
        why = f"adds the column {change.table}._order NOT NULL: rows that the old code adds are refused"
        return Verdict(ADDITIVE, False, why)
    return destructive(f"drops the column {change.table}._order")
