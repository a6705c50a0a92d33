"""The migrations of one release: judged, refused where nobody has agreed to them, applied, and told of."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from django.core.management import call_command
from django.db import connections

from slipway_production.advisory import only_one
from slipway_production.migrating import locks, plan
from slipway_production.migrating.defaults import Keeper
from slipway_production.migrating.progress import Progress, followed

NO_DATABASE = "django.db.backends.dummy"


class Refused(Exception):
    """Destructive migrations that nobody has agreed to."""

    def __init__(self, migrations: list[dict[str, Any]]) -> None:
        super().__init__(", ".join(migration["name"] for migration in migrations))
        self.migrations = migrations


class Run:
    """The pending migrations of the default database, and how far they got."""

    def __init__(self) -> None:
        self.plan: list[plan.Pending] = []
        self.progress = Progress()
        self.keeper = Keeper(set())
        self.watch: locks.Watch | None = None

    def judge(self, output: TextIO) -> None:
        """Says what each pending migration does; Refused where one is destructive and not accepted."""
        if has_no_database():
            return
        self.plan = plan.pending(connections["default"])
        for pending in self.plan:
            verdict = pending.verdict
            back = "" if verdict.safe_back else "; the release before is not safe with it"
            output.write(f"migration {pending.name}: {verdict.kind}: {verdict.why}{back}\n")
        refused = plan.refused(self.plan, accepted())
        if refused:
            raise Refused([pending.report() for pending in refused])

    def migrate(self, output: TextIO) -> None:
        """Applies them, under a lock in the database; nothing where the project has no database."""
        if has_no_database():
            output.write("migrate: the project has no database\n")
            return
        connection = connections["default"]
        self.keeper = Keeper({kept for pending in self.plan for kept in pending.kept_defaults})
        with (
            only_one(connection),
            locks.Watch(connection) as self.watch,
            followed(self.progress, locks.limit, self.around),
        ):
            for left in reversed(range(locks.TRIES)):
                try:
                    call_command("migrate", interactive=False, verbosity=1, skip_checks=True, stdout=output)
                    return
                except Exception as failure:
                    if not left or not self.may_try_again(failure):
                        raise
                output.write(f"migrate: a table is in use; again in {locks.PAUSE} s\n")
                time.sleep(locks.PAUSE)

    def may_try_again(self, failure: Exception) -> bool:
        """Only where it was rolled back, and has not waited long."""
        migration, operation = self.progress.migration, self.progress.operation
        return locks.timed_out(failure) and locks.tries_and_seconds(migration, operation)[0] > 1

    @contextmanager
    def around(self, operation: Any, app: str, editor: Any, old: Any, new: Any) -> Iterator[None]:
        """What is done around each operation."""
        with locks.patient(operation, editor), self.keeper.around(operation, app, editor, old, new):
            yield

    def applied(self) -> list[dict[str, Any]]:
        """What is in the database now and was not before, in order."""
        return [pending.report() for pending in self.plan if pending.name in self.progress.applied]

    def where(self, failure: BaseException) -> dict[str, Any]:
        """Which migration and which operation failed, and on which lock it waited."""
        found = self.progress.where()
        if found and self.watch and locks.timed_out(failure):
            found["lock"] = self.watch.report(self.progress.migration, self.progress.operation)
        return found


def has_no_database() -> bool:
    return bool(connections["default"].settings_dict["ENGINE"] == NO_DATABASE)


def accepted() -> set[str]:
    """What acceptMigrations names."""
    return set(filter(None, os.environ.get("SLIPWAY_ACCEPT_MIGRATIONS", "").split(",")))
