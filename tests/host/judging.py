"""Run by a venv's Python with Django in it: judges operations over one small project.

Reads a JSON list of expressions from standard input, and writes one verdict for each: null where this Django has no
such operation.
"""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "never-connected-to"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()


def names() -> dict[str, Any]:
    """What the expressions may use."""
    from django.contrib.postgres import operations as postgres
    from django.db import migrations, models
    from django.db.migrations.operations.base import Operation

    class Trigger(Operation):
        """Of a third party, and of no class that Slipway knows."""

        reversible = True

        def state_forwards(self, app_label: str, state: Any) -> None:
            """Has nothing to do with models."""

    class OneWay(Trigger):
        reversible = False

    class AddFieldWithDefault(migrations.AddField):
        """Of a third party, made of one that Slipway knows."""

    def fill(apps: Any, editor: Any) -> None:
        """A data migration."""

    return {"migrations": migrations, "models": models, "postgres": postgres, **locals()}


def base(state: Any, given: dict[str, Any]) -> Any:
    """The project before: orders of customers, with tags."""
    migrations, models = given["migrations"], given["models"]
    key = ("id", models.AutoField(primary_key=True))
    order = [
        key,
        ("name", models.CharField(max_length=20)),
        ("code", models.CharField(max_length=20, null=True)),
        ("number", models.IntegerField()),
        ("price", models.DecimalField(max_digits=8, decimal_places=2)),
        ("placed", models.DateField()),
        ("customer", models.ForeignKey("shop.Customer", models.CASCADE)),
        ("tags", models.ManyToManyField("shop.Tag")),
    ]
    for operation in (
        migrations.CreateModel("Customer", [key, ("name", models.CharField(max_length=20, unique=True))]),
        migrations.CreateModel("Tag", [key]),
        migrations.CreateModel("Order", order),
        migrations.CreateModel("Ledger", [key], {"managed": False}),
        migrations.AddIndex("Order", models.Index(fields=["name"], name="by_name")),
    ):
        operation.state_forwards("shop", state)
    return state


def main() -> None:
    from django.db import connection
    from django.db.migrations.state import ProjectState
    from slipway_production.migrating import plan

    given = names()
    verdicts: list[dict[str, Any] | None] = []
    for expression in json.load(sys.stdin):
        try:
            operations = eval(expression, given)
        except (AttributeError, TypeError):
            verdicts.append(None)
            continue
        if not isinstance(operations, list):
            operations = [operations]
        migration = SimpleNamespace(
            app_label="shop", name="0002", dependencies=[("shop", "0001")], operations=operations
        )
        judged = plan.judged(migration, base(ProjectState(), given), connection, {"shop"}, set())
        verdicts.append(judged.details())
    json.dump(verdicts, sys.stdout)


main()
