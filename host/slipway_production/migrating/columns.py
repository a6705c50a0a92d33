"""Operations on single fields."""

from __future__ import annotations

from typing import Any

from slipway_production.migrating.change import Change
from slipway_production.migrating.defaults import has_database_default, has_starting_value, is_kept
from slipway_production.migrating.foreign import foreign_key
from slipway_production.migrating.types import type_change
from slipway_production.migrating.verdict import (
    ADDITIVE,
    NOTHING,
    Verdict,
    additive,
    destructive,
    locking,
    together,
)


def add_field(change: Change) -> Verdict:
    field = change.new._meta.get_field(change.operation.name)
    if field.many_to_many:
        through = field.remote_field.through._meta
        return additive(f"makes the table {through.db_table}") if through.auto_created else NOTHING
    if field.column is None:
        return NOTHING
    column = f"{change.table}.{field.column}"
    return together([inserts(change, field, column), *(locking(why) for why in waits(change, field, column))])


def inserts(change: Change, field: Any, column: str) -> Verdict:
    """Whether the old code, which does not name the new column, can still add rows."""
    adds = f"adds the column {column}"
    if field.null or has_database_default(field) or getattr(field, "generated", False):
        return additive(adds)
    if is_kept(change):
        return additive(f"{adds}, whose default the database keeps for rows that the old code adds")
    if not has_starting_value(change.operation.field):
        return Verdict(ADDITIVE, False, f"{adds} without a default, which fails where the table has rows")
    return Verdict(ADDITIVE, False, f"{adds}, unique and NOT NULL: rows that the old code adds are refused")


def waits(change: Change, field: Any, column: str) -> list[str]:
    """What else comes with a new column and takes time on a large table."""
    found = []
    if field.unique:
        found.append(f"builds a unique index on {column} while its writers wait")
    elif field.db_index:
        found.append(f"builds an index on {column} while its writers wait")
    if field.remote_field and getattr(field, "db_constraint", False):
        target = field.remote_field.model._meta.db_table
        found.append(f"checks {column} against {target} while the writers of both wait")
    if getattr(field, "generated", False) or is_volatile(field):
        found.append(f"writes {change.table} anew to fill {column} while its readers and writers wait")
    return found


def remove_field(change: Change) -> Verdict:
    field = change.old._meta.get_field(change.operation.name)
    if field.many_to_many:
        through = field.remote_field.through._meta
        return destructive(f"drops the table {through.db_table}") if through.auto_created else NOTHING
    if field.column is None:
        return NOTHING
    return destructive(f"drops the column {change.table}.{field.column}")


def rename_field(change: Change) -> Verdict:
    old = change.old._meta.get_field(change.operation.old_name)
    new = change.new._meta.get_field(change.operation.new_name)
    if old.many_to_many:
        old_table, new_table = old.m2m_db_table(), new.m2m_db_table()
        if old_table == new_table:
            return NOTHING
        return destructive(f"renames the table {old_table} to {new_table}, which the old code does not know")
    return renamed(change, old, new)


def renamed(change: Change, old: Any, new: Any) -> Verdict:
    if old.column == new.column:
        return NOTHING
    return destructive(
        f"renames the column {change.table}.{old.column} to {new.column}, which the old code does not know"
    )


def alter_field(change: Change) -> Verdict:
    old = change.old._meta.get_field(change.operation.name)
    new = change.new._meta.get_field(change.operation.name)
    if old.many_to_many or new.many_to_many:
        return many_to_many(old, new)
    if old.column is None or new.column is None:
        return (
            NOTHING if old.column == new.column else destructive(f"turns {change.table}.{old.name} into another kind")
        )
    column = f"{change.table}.{new.column}"
    types = [field.db_parameters(connection=change.connection)["type"] or "" for field in (old, new)]
    found = [renamed(change, old, new), type_change(column, *types), nullness(old, new, column)]
    found += [*uniqueness(old, new, column), *checks(change, old, new, column)]
    found += [pattern_index(old, new, types, column), foreign_key(change, old, new, column)]
    return together(verdict for verdict in found if verdict)


def many_to_many(old: Any, new: Any) -> Verdict:
    tables = [field.m2m_db_table() if field.many_to_many else None for field in (old, new)]
    targets = [field.remote_field.model._meta.db_table if field.many_to_many else None for field in (old, new)]
    if tables[0] == tables[1] and targets[0] == targets[1]:
        return NOTHING
    return destructive(f"makes the many-to-many {old.name} another, which the old code does not know")


def nullness(old: Any, new: Any, column: str) -> Verdict | None:
    if old.null == new.null:
        return None
    if new.null:
        return additive(f"allows NULL in {column}")
    why = f"forbids NULL in {column}, after a look at every row while its readers and writers wait"
    return locking(f"{why}; NULLs that the old code writes are refused", safe_back=False)


def uniqueness(old: Any, new: Any, column: str) -> list[Verdict]:
    if new.unique and not old.unique:
        why = (
            f"builds a unique index on {column} while its writers wait; duplicates that the old code writes are refused"
        )
        return [locking(why, safe_back=False)]
    if new.db_index and not (old.db_index or old.unique):
        return [locking(f"builds an index on {column} while its writers wait")]
    return []


def checks(change: Change, old: Any, new: Any, column: str) -> list[Verdict]:
    """Constraints of the database, collations, and defaults."""
    found = []
    old_parameters, new_parameters = (field.db_parameters(connection=change.connection) for field in (old, new))
    if new_parameters["check"] and new_parameters["check"] != old_parameters["check"]:
        why = f"checks every row of {change.table} while its readers and writers wait"
        found.append(locking(f"{why}; values that the old code writes may be refused", safe_back=False))
    if new_parameters.get("collation") != old_parameters.get("collation"):
        found.append(locking(f"sorts {column} by another collation: its indexes are built anew while writers wait"))
    if has_database_default(old) and not has_database_default(new) and not new.null:
        why = f"drops the default of {column}: rows that the old code adds are refused"
        found.append(Verdict(ADDITIVE, False, why))
    return found


def pattern_index(old: Any, new: Any, types: list[str], column: str) -> Verdict | None:
    """Of a text with an index Django keeps another one, for LIKE, which does not outlive a change of its type."""
    indexed = all(field.db_index or field.unique for field in (old, new))
    if not indexed or {kind.partition("(")[0] for kind in types} != {"varchar", "text"}:
        return None
    return locking(f"builds the index of {column} for LIKE anew while its writers wait")


def is_volatile(field: Any) -> bool:
    """A db_default that Postgres must compute for each row; a constant or the time of the transaction it need not."""
    from django.db.models import Value
    from django.db.models.functions import Now

    if not has_database_default(field):
        return False
    return hasattr(field.db_default, "resolve_expression") and not isinstance(field.db_default, (Value, Now))
