"""Operations on whole tables."""

from __future__ import annotations

from typing import Any

from slipway_production.migrating.change import Change
from slipway_production.migrating.verdict import NOTHING, Verdict, additive, destructive, together


def create_model(change: Change) -> Verdict:
    return additive(f"makes the table {change.new._meta.db_table}")


def delete_model(change: Change) -> Verdict:
    return destructive(f"drops the table {change.table}")


def rename_model(change: Change) -> Verdict:
    """Renames the table and what is named after it, save where db_table holds the names."""
    renamed = change.after.apps.get_model(change.app, change.operation.new_name)
    return together([rename(change.table, renamed._meta.db_table), *links(change, renamed)])


def links(change: Change, renamed: Any) -> list[Verdict]:
    """The tables of many-to-many fields, the model's own and those that lead to it: a column bears the model's name."""
    own = [(field, renamed) for field in change.old._meta.local_many_to_many]
    leading = [
        (related.field, change.after.apps.get_model(related.related_model._meta.label))
        for related in change.old._meta.related_objects
        if related.field.many_to_many and related.related_model != change.old
    ]
    verdicts = []
    for old, model in own + leading:
        new = model._meta.get_field(old.name)
        if new.remote_field.through._meta.auto_created:
            verdicts.append(rename(old.m2m_db_table(), new.m2m_db_table()))
            for name in ("m2m_column_name", "m2m_reverse_name"):
                of = f"column of {old.m2m_db_table()}"
                verdicts.append(rename(getattr(old, name)(), getattr(new, name)(), of))
    return verdicts


def alter_table(change: Change) -> Verdict:
    return rename(change.table, change.new._meta.db_table)


def rename(old: str, new: str, what: str = "table") -> Verdict:
    if old == new:
        return NOTHING
    return destructive(f"renames the {what} {old} to {new}, which the old code does not know")


def nothing(change: Change) -> Verdict:
    return NOTHING
