"""Leads each operation to the rule for it: a subclass of a third party's to that of the nearest class of Django's."""

from __future__ import annotations

from collections.abc import Callable

from slipway_production.migrating import code, columns, indexes, tables
from slipway_production.migrating.change import Change
from slipway_production.migrating.names import names
from slipway_production.migrating.verdict import IRREVERSIBLE, NOTHING, Verdict, additive, destructive, locking

RULES: dict[str, Callable[[Change], Verdict]] = {
    "CreateModel": tables.create_model,
    "DeleteModel": tables.delete_model,
    "RenameModel": tables.rename_model,
    "AlterModelTable": tables.alter_table,
    "AlterModelTableComment": tables.nothing,
    "AlterModelOptions": tables.nothing,
    "AlterModelManagers": tables.nothing,
    "AlterUniqueTogether": indexes.unique_together,
    "AlterIndexTogether": indexes.index_together,
    "AlterOrderWithRespectTo": indexes.order_with_respect_to,
    "AddField": columns.add_field,
    "RemoveField": columns.remove_field,
    "AlterField": columns.alter_field,
    "RenameField": columns.rename_field,
    "AddIndex": indexes.add_index,
    "AddIndexConcurrently": indexes.add_index_concurrently,
    "RemoveIndex": indexes.remove_index,
    "RenameIndex": indexes.rename_index,
    "AddConstraint": indexes.add_constraint,
    "AddConstraintNotValid": indexes.add_constraint_not_valid,
    "ValidateConstraint": indexes.validate_constraint,
    "RemoveConstraint": indexes.remove_constraint,
    "AlterConstraint": tables.nothing,
    "RunSQL": code.run_sql,
    "RunPython": code.run_python,
    "CreateExtension": lambda change: additive(f"adds the extension {change.operation.name}"),
    "CreateCollation": lambda change: additive(f"adds the collation {change.operation.name}"),
    "RemoveCollation": lambda change: destructive(f"drops the collation {change.operation.name}"),
}


def judge(change: Change) -> Verdict:
    """What an operation does. One that no rule fits, or whose rule fails, is treated with caution."""
    name = next((name for name in names(change.operation) if name in RULES), None)
    if name is None:
        return unknown(change)
    try:
        return by_rule(change, name)
    except Exception as error:
        why = f"is a {type(change.operation).__name__} that Slipway cannot judge ({type(error).__name__}: {error})"
        return locking(why, safe_back=False)


def by_rule(change: Change, name: str) -> Verdict:
    if name == "RunSQL":
        return RULES[name](change)
    if name == "RunPython" or change.model_name is None:
        return additive("is of an app that is new") if change.new_app else RULES[name](change)
    model = change.new if name == "CreateModel" else change.old
    if not change.in_database(model):
        return NOTHING
    if change.on_new_table and name != "CreateModel":
        return additive(f"is about the table {model._meta.db_table}, which is new")
    return RULES[name](change)


def unknown(change: Change) -> Verdict:
    """Of Django 5.1 on, operations say themselves whether they remove."""
    kind = type(change.operation)
    what = f"is a {kind.__module__}.{kind.__name__}, which Slipway does not know"
    if change.new_app:
        return additive("is of an app that is new")
    if getattr(getattr(change.operation, "category", None), "name", "") == "REMOVAL":
        return destructive(what)
    if not change.operation.reversible:
        return Verdict(IRREVERSIBLE, False, what)
    return locking(what, safe_back=False)
