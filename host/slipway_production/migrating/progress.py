"""Follows Django while it applies migrations: which of them, and which operation of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from slipway_production.migrating.names import is_a

Around = Callable[[Any, str, Any, Any, Any], AbstractContextManager[None]]


@dataclass
class Progress:
    """Where a run of `migrate` is, or where it stopped."""

    applied: list[str] = field(default_factory=list)
    migration: Any = None  # the one in hand
    operation: Any = None  # the one in hand; None between operations and at the migration's end
    number: int = 0  # of that operation, from 1

    def where(self) -> dict[str, Any]:
        """For the report of a failure; nothing where no migration was in hand."""
        if self.migration is None:
            return {}
        return {
            "migration": f"{self.migration.app_label}.{self.migration.name}",
            "operation": self.operation.describe() if self.operation else None,
            "number": self.number,
            "of": len(self.migration.operations),
            "atomic": bool(self.migration.atomic),
            "index": self.operation.index.name if is_a(self.operation, "AddIndexConcurrently") else None,
        }


@contextmanager
def followed(progress: Progress, before: Callable[[Any, Any], None], around: Around) -> Iterator[None]:
    """While it lasts, every executor tells `progress` what it does.

    `before(connection, migration)` comes before each migration, `around(operation, app, editor, old state, new state)`
    around each operation. Django has signals before and after all migrations, and none for a single
    one or for its operations.
    """
    from django.db.migrations.executor import MigrationExecutor

    original = MigrationExecutor.apply_migration

    def apply_migration(executor: Any, state: Any, migration: Any, *arguments: Any, **options: Any) -> Any:
        before(executor.connection, migration)
        progress.migration, progress.operation, progress.number = migration, None, 0
        with each_told(progress, migration.operations, around):
            state = original(executor, state, migration, *arguments, **options)
        progress.applied.append(f"{migration.app_label}.{migration.name}")
        progress.migration = None
        return state

    MigrationExecutor.apply_migration = apply_migration
    try:
        yield
    finally:
        MigrationExecutor.apply_migration = original


@contextmanager
def each_told(progress: Progress, operations: list[Any], around: Around) -> Iterator[None]:
    """Each operation says when it begins and ends. One that fails stays in hand."""
    for number, operation in enumerate(operations, 1):
        for single in singles(operation):
            single.database_forwards = within(single, around)
        operation.database_forwards = telling(progress, operation, number)
    try:
        yield
    finally:
        for operation in operations:
            for single in (operation, *singles(operation)):
                vars(single).pop("database_forwards", None)


def singles(operation: Any) -> Iterator[Any]:
    """The operation itself; of SeparateDatabaseAndState those that it is made of."""
    if not hasattr(operation, "database_operations"):
        yield operation
        return
    for inner in operation.database_operations:
        yield from singles(inner)


def within(operation: Any, around: Around) -> Callable[..., None]:
    original = operation.database_forwards

    def database_forwards(app: str, editor: Any, old: Any, new: Any) -> None:
        with around(operation, app, editor, old, new):
            original(app, editor, old, new)

    return database_forwards


def telling(progress: Progress, operation: Any, number: int) -> Callable[..., None]:
    original = operation.database_forwards

    def database_forwards(app: str, editor: Any, old: Any, new: Any) -> None:
        progress.operation, progress.number = operation, number
        original(app, editor, old, new)
        progress.operation = None

    return database_forwards
