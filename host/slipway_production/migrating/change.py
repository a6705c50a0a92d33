"""One operation of a pending migration, between the project's state before it and the state after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    operation: Any
    app: str
    before: Any  # ProjectState
    after: Any
    connection: Any
    new_tables: frozenset[
        tuple[str, str]
    ]  # models, as (app, lower-case name), whose tables the pending migrations make
    new_app: bool  # nothing of the app, nor of what the migration depends on, is in the database yet

    @property
    def model_name(self) -> str | None:
        """The lower-case name of the model that the operation is about, None where it is about none."""
        name = getattr(self.operation, "model_name", None)
        # A ModelOperation; an extension or a collation has a name too.
        if name is None and hasattr(self.operation, "name_lower"):
            name = self.operation.name
        return name.lower() if name else None

    @property
    def old(self) -> Any:
        """The model before the operation."""
        return self.before.apps.get_model(self.app, self.model_name)

    @property
    def new(self) -> Any:
        """The model after the operation, which keeps its name."""
        return self.after.apps.get_model(self.app, self.model_name)

    @property
    def table(self) -> str:
        return str(self.old._meta.db_table)

    @property
    def on_new_table(self) -> bool:
        return (self.app, self.model_name) in self.new_tables

    def in_database(self, model: Any) -> bool:
        """Whether the model has a table that migrations look after: proxies, unmanaged and routed ones have not."""
        return bool(self.operation.allow_migrate_model(self.connection.alias, model))
