"""Foreign keys, as the database itself checks them."""

from __future__ import annotations

from inspect import signature
from typing import Any

from slipway_production.migrating.change import Change
from slipway_production.migrating.verdict import Verdict, additive, locking


def foreign(field: Any) -> str | None:
    """The table that the database itself checks this column against."""
    if not field.remote_field or not getattr(field, "db_constraint", False):
        return None
    return str(field.remote_field.model._meta.db_table)


def foreign_key(change: Change, old: Any, new: Any, column: str) -> Verdict | None:
    """What altering a field means for its foreign key, which Django drops first, whatever it does to the column."""
    if foreign(new) and foreign(new) != foreign(old):
        why = f"checks {column} against {foreign(new)} while the writers of both wait"
        return locking(f"{why}; values that the old code writes may be refused", safe_back=False)
    if foreign(new) and is_altered(change, old, new):
        both = f"{column} against {foreign(new)} while the readers and writers of both wait"
        return locking(f"makes the foreign key anew, which checks {both}")
    return additive(f"drops the foreign key of {column}") if foreign(old) and not foreign(new) else None


def is_altered(change: Change, old: Any, new: Any) -> bool:
    """Whether Django touches the column at all: a help_text, say, is not the database's business."""
    editor = change.connection.schema_editor()
    known = "ignore" in signature(editor._field_should_be_altered).parameters  # Django 4.2 and later
    return bool(editor._field_should_be_altered(old, new, **({"ignore": {"db_comment"}} if known else {})))
