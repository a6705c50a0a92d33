"""The migrations that are still to be applied, each with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slipway_production.migrating.change import Change
from slipway_production.migrating.defaults import is_kept
from slipway_production.migrating.judge import judge
from slipway_production.migrating.names import is_a
from slipway_production.migrating.verdict import DESTRUCTIVE, Verdict, additive, locking, together


@dataclass(frozen=True)
class Pending:
    """A migration to apply; `operations` says of each of its operations what it is and does."""

    name: str  # app.migration
    verdict: Verdict
    operations: tuple[tuple[str, Verdict], ...] = ()
    kept_defaults: frozenset[tuple[str, str, str]] = frozenset()  # (app, lower-case model, field)

    def report(self) -> dict[str, Any]:
        """What the host keeps with the release."""
        return {"name": self.name, **fields(self.verdict)}

    def details(self) -> dict[str, Any]:
        parts = [{"operation": text, **fields(verdict)} for text, verdict in self.operations]
        return {**self.report(), "operations": parts}


def fields(verdict: Verdict) -> dict[str, Any]:
    return {"class": verdict.kind, "safe_back": verdict.safe_back, "why": verdict.why}


def refused(plan: list[Pending], accepted: set[str]) -> list[Pending]:
    """Those that take something away, and that nobody has said may."""
    return [pending for pending in plan if pending.verdict.kind == DESTRUCTIVE and pending.name not in accepted]


def pending(connection: Any) -> list[Pending]:
    """In the order in which they will be applied."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    graph, applied = executor.loader.graph, set(executor.loader.applied_migrations)
    migrations = [migration for migration, _ in executor.migration_plan(graph.leaf_nodes())]
    if not applied:
        return [Pending(name_of(migration), additive("fills an empty database")) for migration in migrations]
    state = executor._create_project_state(with_applied_migrations=True)
    known = {app for app, _ in applied}
    new_tables: set[tuple[str, str]] = set()
    found = []
    for migration in migrations:
        before = state.clone()
        try:
            found.append(judged(migration, state, connection, known, new_tables))
        except Exception as error:
            # One that is about another app than its own, say, and tells Django so in a way of its own.
            why = f"cannot be judged ({type(error).__name__}: {error})"
            found.append(Pending(name_of(migration), locking(why, safe_back=False)))
            state = migration.mutate_state(before, preserve=False)
    return found


def judged(migration: Any, state: Any, connection: Any, known: set[str], new_tables: set[tuple[str, str]]) -> Pending:
    """Carries `state` and `new_tables` over the migration."""
    apps = {migration.app_label, *(app for app, _ in migration.dependencies)}
    new_app = not apps & known
    parts, kept = [], set()
    for operation in migration.operations:
        before = state.clone()
        operation.state_forwards(migration.app_label, state)
        verdicts = []
        for single, old, new in in_database(operation, migration.app_label, before, state):
            change = Change(single, migration.app_label, old, new, connection, frozenset(new_tables), new_app)
            verdicts.append(judge(change))
            if is_kept(change):
                kept.add((change.app, single.model_name_lower, single.name))
            new_tables |= made(change)
        parts.append((str(operation.describe()), together(verdicts)))
    return Pending(name_of(migration), together(verdict for _, verdict in parts), tuple(parts), frozenset(kept))


def in_database(operation: Any, app: str, before: Any, after: Any) -> Iterator[tuple[Any, Any, Any]]:
    """What an operation does to the database, with the states around it: SeparateDatabaseAndState is taken apart."""
    if not hasattr(operation, "database_operations"):
        yield operation, before, after
        return
    for single in operation.database_operations:
        after = before.clone()
        single.state_forwards(app, after)
        yield from in_database(single, app, before, after)
        before = after


def made(change: Change) -> set[tuple[str, str]]:
    """The tables that are there because of this operation, by their models."""
    name = change.model_name
    if name is None:
        return set()
    if is_a(change.operation, "CreateModel"):
        return {(change.app, name)}
    if is_a(change.operation, "RenameModel") and change.on_new_table:
        return {(change.app, change.operation.new_name.lower())}
    return set()


def name_of(migration: Any) -> str:
    return f"{migration.app_label}.{migration.name}"
