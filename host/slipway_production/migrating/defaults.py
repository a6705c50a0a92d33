"""Keeps the default of a new NOT NULL column in the database, for the rows that the old code goes on adding.

Django fills the rows that are there and drops the default again, since its own code names every column; the code of
the release before, which still serves and may be gone back to, does not know this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import NOT_PROVIDED

from slipway_production.migrating.change import Change
from slipway_production.migrating.names import is_a
from slipway_production.migrating.types import parts

# A default that Postgres cannot turn into the new type of its column makes it refuse that type ("ALTER TABLE", Notes).
UNFIT = """
SELECT 1 FROM pg_attribute a
JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
JOIN pg_type t ON t.oid = to_regtype(%s)
WHERE a.attrelid = to_regclass(%s) AND a.attname = %s AND a.atttypid <> t.oid AND t.typcategory <> 'S'
AND NOT EXISTS (
    SELECT 1 FROM pg_cast c WHERE c.castsource = a.atttypid AND c.casttarget = t.oid AND c.castcontext IN ('a', 'i')
)
"""


def is_kept(change: Change) -> bool:
    """Whether this adds a column whose default is worth keeping, and can be."""
    if not is_a(change.operation, "AddField") or change.on_new_table or change.connection.vendor != "postgresql":
        return False
    field = change.new._meta.get_field(change.operation.name)
    wanted = field.column and not (field.null or field.unique or getattr(field, "generated", False))
    return bool(wanted and not has_database_default(field) and has_starting_value(change.operation.field))


def has_database_default(field: Any) -> bool:
    """Django 5.0 and later: db_default."""
    return getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED


def has_starting_value(field: Any) -> bool:
    """Whether Django has something for the rows that are there (BaseDatabaseSchemaEditor._effective_default)."""
    if field.has_default():
        return field.get_default() is not None
    automatic = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return bool(automatic or (field.blank and field.empty_strings_allowed))


class Keeper:
    """Stands around each operation. `kept`: the fields to do it for, as (app, lower-case model, field)."""

    def __init__(self, kept: set[tuple[str, str, str]]) -> None:
        self.kept = kept

    @contextmanager
    def around(self, operation: Any, app: str, editor: Any, before: Any, after: Any) -> Iterator[None]:
        if is_a(operation, "AlterField"):
            make_way(operation, app, editor, before, after)
        yield
        if is_a(operation, "AddField") and (app, operation.model_name_lower, operation.name) in self.kept:
            keep(operation, app, editor, after)


def keep(operation: Any, app: str, editor: Any, after: Any) -> None:
    """Sets the default that Django has just dropped."""
    model = after.apps.get_model(app, operation.model_name)
    field = model._meta.get_field(operation.name)
    had = field.default
    field.default = (
        operation.field.default
    )  # What only the migration knows (preserve_default=False) is not in the state.
    try:
        value = editor.effective_default(field)
    finally:
        field.default = had
    alter(editor, model._meta.db_table, field.column, "SET DEFAULT %s", [value])


def make_way(operation: Any, app: str, editor: Any, before: Any, after: Any) -> None:
    """Drops a default that would keep its column from changing its type."""
    old, new = (state.apps.get_model(app, operation.model_name) for state in (before, after))
    field = new._meta.get_field(operation.name)
    column = old._meta.get_field(operation.name).column
    kind = field.db_parameters(connection=editor.connection)["type"]
    if editor.connection.vendor != "postgresql" or not (kind and column) or has_database_default(field):
        return
    table = old._meta.db_table
    with editor.connection.cursor() as cursor:
        cursor.execute(UNFIT, [parts(kind)[0], editor.quote_name(table), column])
        unfit = cursor.fetchone()
    if unfit:
        alter(editor, table, column, "DROP DEFAULT", None)


def alter(editor: Any, table: str, column: str, action: str, values: list[Any] | None) -> None:
    names = editor.quote_name(table), editor.quote_name(column)
    editor.execute("ALTER TABLE {} ALTER COLUMN {} ".format(*names) + action, values)
