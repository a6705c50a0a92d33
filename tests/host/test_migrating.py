"""Pending migrations on a real Postgres: refused, applied, stopped half-way, blocked; and what is said of it."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from slipway_host import explain

from tests.host import shop as shops
from tests.host.host_postgres import Postgres
from tests.host.shop import Shop
from tests.host.venvs import python_with

NUMBERS = itertools.count()
SERVES = "Release r1 is still serving."
ADD = "migrations.AddField('Order', '{}', models.TextField(null=True))"
# As is told on the web: the app of its models is not its own.
OF_THE_SHOP = """
    def as_the_shop(self, method, *arguments, **options):
        self.app_label, own = "shop", self.app_label
        try:
            return getattr(super(), method)(*arguments, **options)
        finally:
            self.app_label = own

    def mutate_state(self, *arguments, **options):
        return self.as_the_shop("mutate_state", *arguments, **options)

    def apply(self, *arguments, **options):
        return self.as_the_shop("apply", *arguments, **options)
"""
DROP = "migrations.RemoveField('Order', 'code')"


@pytest.fixture(scope="module")
def python(uv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a venv with Django and a driver."""
    return python_with(uv, tmp_path_factory.mktemp("shop"), "django~=5.2.0", "psycopg[binary]")


@pytest.fixture
def shop(python: Path, database_server: Postgres, tmp_path: Path) -> Shop:
    """A shop whose first release is in the database."""
    made = shops.make(tmp_path, python, database_server, f"shop{next(NUMBERS)}")
    report = made.steps()
    assert report["failed"] is None, report["said"]
    return made


def sentence(report: dict[str, object]) -> str:
    return explain.step(report, settings="site_settings", serving="r1", variables=[], output="")


@contextmanager
def busy(shop: Shop, statement: str = "SELECT 1 FROM shop_order") -> Iterator[subprocess.Popen[bytes]]:
    """Somebody who has read the orders, or done something else, and leaves the transaction open."""
    command = ["psql", "-Xq", shop.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin
        process.stdin.write(f"BEGIN; {statement};\n".encode())
        process.stdin.flush()
        until(lambda: "shop_order" in locks(shop, "granted"))
        yield process
        process.terminate()


def locks(shop: Shop, which: str) -> str:
    return shop.sql(f"SELECT relation::regclass FROM pg_locks WHERE relation = to_regclass('shop_order') AND {which}")


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_whatever_fills_an_empty_database_is_additive(python: Path, database_server: Postgres, tmp_path: Path) -> None:
    shop = shops.make(tmp_path, python, database_server, f"shop{next(NUMBERS)}")
    shop.migration("0002_drop", DROP)
    report = shop.steps()
    assert report["failed"] is None
    assert [migration["name"] for migration in report["applied"]][-2:] == ["shop.0001_initial", "shop.0002_drop"]
    assert {migration["class"] for migration in report["applied"]} == {"additive"}
    assert shop.columns() == "id name"


def test_what_was_applied_is_reported_with_its_class(shop: Shop) -> None:
    shop.migration("0002_add", ADD.format("note"), "migrations.RunSQL('UPDATE shop_order SET name = 1')")
    report = shop.steps()
    assert report["applied"] == [
        {
            "name": "shop.0002_add",
            "class": "irreversible",
            "safe_back": False,
            "why": "runs UPDATE shop_order SET name = 1, of which Slipway knows nothing, and has no reverse_sql",
        }
    ]
    assert "migration shop.0002_add: irreversible: runs UPDATE" in report["said"]
    assert shop.steps()["applied"] == []


def test_a_destructive_migration_waits_to_be_accepted_and_nothing_is_touched(shop: Shop) -> None:
    shop.migration("0002_add", ADD.format("note"))
    shop.migration("0003_drop", DROP)
    static = shop.root / "static"
    before = static.stat().st_mtime_ns if static.exists() else None
    report = shop.steps("shop.0002_add")
    assert sentence(report) == (
        "Destructive migrations wait to be accepted: shop.0003_drop (drops the column shop_order.code). Name it in "
        f"acceptMigrations to have it run; the database is as it was. {SERVES}"
    )
    assert shop.columns() == "id name code"
    assert (static.stat().st_mtime_ns if static.exists() else None) == before
    assert "collectstatic" not in report["said"] and "static file" not in report["said"]

    report = shop.steps("shop.0003_drop")
    assert [migration["name"] for migration in report["applied"]] == ["shop.0002_add", "shop.0003_drop"]
    assert shop.columns() == "id name note"


def test_sql_of_a_new_app_that_drops_a_table_of_another_is_destructive(shop: Shop) -> None:
    shop.app("attic", "migrations.RunSQL('DROP TABLE Shop_Order', '')", "migrations.RunSQL('DROP TABLE attic_x', '')")
    assert sentence(shop.steps()).startswith(
        "Destructive migrations wait to be accepted: attic.0001_initial (runs DROP TABLE Shop_Order)."
    )
    assert shop.columns() == "id name code"


def test_a_migration_that_changes_another_app_in_its_own_way_counts_as_unsafe_and_is_applied(shop: Shop) -> None:
    shop.app("plugin", ADD.format("note"), body=OF_THE_SHOP)
    shop.migration("0002_add", ADD.format("more"))
    report = shop.steps()
    assert report["failed"] is None, report["said"]
    applied = {migration["name"]: migration for migration in report["applied"]}
    assert applied["plugin.0001_initial"]["why"] == "cannot be judged (KeyError: ('plugin', 'order'))"
    assert not applied["plugin.0001_initial"]["safe_back"]
    assert applied["shop.0002_add"]["class"] == "additive"
    assert sorted(shop.columns().split()) == ["code", "id", "more", "name", "note"]


def test_an_atomic_migration_that_fails_is_rolled_back_whole_and_those_before_it_stay(shop: Shop) -> None:
    shop.migration("0002_drop", DROP)
    shop.migration("0003_broken", ADD.format("note"), "migrations.RunPython(fail)", ADD.format("more"))
    assert sentence(shop.steps("shop.0002_drop")) == (
        "The migration shop.0003_broken failed at operation 2 of 3, Raw Python operation (ValueError: broken on "
        "purpose). It was rolled back whole. Applied before and kept: shop.0002_drop. "
        f"{SERVES} It may fail, since shop.0002_drop drops the column shop_order.code."
    )
    assert shop.columns() == "id name"


def test_a_migration_that_is_not_atomic_keeps_the_operations_before(shop: Shop) -> None:
    operations = [ADD.format("note"), "migrations.RunSQL('ALTER TABLE nosuch ADD x int')", ADD.format("more")]
    shop.migration("0002_broken", *operations, atomic=False)
    assert sentence(shop.steps()) == (
        "The migration shop.0002_broken failed at operation 2 of 3, Raw SQL operation (ProgrammingError: relation "
        '"nosuch" does not exist). It is not atomic, so the 1 operation before stay applied; what failed may be half '
        f"done: set that right before you deploy again. {SERVES}"
    )
    assert shop.columns() == "id name code note"


def test_what_django_puts_off_to_the_end_of_a_migration_is_told_as_its_end(shop: Shop) -> None:
    shop.sql("INSERT INTO shop_order (name) VALUES ('twice'), ('twice')")
    unique = "models.UniqueConstraint(fields=['name'], condition=models.Q(id__gt=0), name='once')"
    shop.migration("0002_unique", f"migrations.AddConstraint('Order', {unique})")
    said = sentence(shop.steps())
    assert said.startswith("The migration shop.0002_unique failed at ") and said.endswith(
        f"It was rolled back whole. The database is as it was. {SERVES}"
    )
    assert "could not create unique index" in said and "Key (name)=(twice) is duplicated" in said


def test_a_table_in_use_is_given_up_with_the_name_of_who_holds_it(shop: Shop) -> None:
    shop.migration("0002_add", ADD.format("note"))
    with busy(shop):
        holder = shop.sql("SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction'")
        report = shop.steps()
    assert sentence(report) == (
        "The migration shop.0002_add gave up at operation 1 of 1, Add field note to Order: it waited 3 times 1 s for "
        f"shop_order, which process {holder} of role master held. It was rolled back whole. The database is as it "
        f"was. {SERVES} Run this again when that lock is gone."
    )
    assert shop.columns() == "id name code"


def test_a_table_that_is_free_again_soon_is_waited_for(shop: Shop) -> None:
    shop.migration("0002_add", ADD.format("note"))
    with busy(shop) as reader, ThreadPoolExecutor() as pool:
        release = pool.submit(shop.steps)
        until(lambda: "shop_order" in locks(shop, "NOT granted"))
        until(lambda: "shop_order" not in locks(shop, "NOT granted"))
        reader.terminate()
        report = release.result()
    assert report["failed"] is None, report["said"]
    assert "migrate: a table is in use; again in 1 s\n" in report["said"]
    assert [migration["name"] for migration in report["applied"]] == ["shop.0002_add"]


def test_what_is_pending_is_told_operation_by_operation_and_nothing_is_applied(shop: Shop) -> None:
    shop.migration("0002_both", ADD.format("note"), DROP)
    report, _ = shop.run("slipway_production.pending")
    assert [(one["name"], one["class"]) for one in report["migrations"]] == [("shop.0002_both", "destructive")]
    assert [(one["operation"], one["why"]) for one in report["migrations"][0]["operations"]] == [
        ("Add field note to Order", "adds the column shop_order.note"),
        ("Remove field code from Order", "drops the column shop_order.code"),
    ]
    assert shop.columns() == "id name code"


NEW = [
    "migrations.AddField('Order', 'note', models.TextField(default=\"it's\"))",
    "migrations.AddField('Order', 'count', models.IntegerField(default=7), preserve_default=False)",
    "migrations.AddField('Order', 'tags', models.JSONField(default=dict))",
    "migrations.AddField('Order', 'at', models.DateTimeField(auto_now_add=True))",
    "migrations.SeparateDatabaseAndState([migrations.AddField('Order', 'nested', models.BooleanField(default=True))])",
]


def test_the_old_code_can_still_add_rows_where_the_new_has_more_columns(shop: Shop) -> None:
    shop.sql("INSERT INTO shop_order (name) VALUES ('before')")
    shop.migration("0002_more", *NEW)
    report = shop.steps()
    assert [(one["class"], one["safe_back"]) for one in report["applied"]] == [("additive", True)]
    assert shop.sql("INSERT INTO shop_order (name) VALUES ('old code')") == ""
    rows = shop.sql(
        "SELECT name, note, count, tags, nested, at > now() - interval '1 hour' FROM shop_order ORDER BY id"
    )
    assert rows.splitlines() == ["before|it's|7|{}|t|t", "old code|it's|7|{}|t|t"]


def test_a_kept_default_does_not_keep_its_column_from_changing(shop: Shop) -> None:
    shop.migration("0002_more", "migrations.AddField('Order', 'note', models.CharField(max_length=9, default='0'))")
    shop.migration("0003_text", "migrations.AlterField('Order', 'note', models.TextField(default='0'))")
    shop.migration("0004_number", "migrations.AlterField('Order', 'note', models.IntegerField(default=0))")
    report = shop.steps("shop.0004_number")
    assert report["failed"] is None, report["said"]
    default = "SELECT column_default FROM information_schema.columns WHERE column_name = 'note'"
    assert shop.sql(default) == "", "what Postgres could not have turned into a number is gone"


def test_tables_that_a_release_makes_itself_keep_no_default(shop: Shop) -> None:
    make = "migrations.CreateModel('Bill', [('id', models.AutoField(primary_key=True))])"
    shop.migration("0002_bill", make, "migrations.AddField('Bill', 'sum', models.IntegerField(default=0))")
    assert shop.steps()["failed"] is None
    default = "SELECT column_default FROM information_schema.columns WHERE column_name = 'sum'"
    assert shop.sql(default) == ""


WRITE = "INSERT INTO shop_order (name, code) VALUES ('new', '7')"
INDEX = "postgres.AddIndexConcurrently('Order', models.Index(fields=['name'], name='by_name'))"


def test_an_index_that_nobody_waits_for_is_given_more_time(shop: Shop) -> None:
    shop.migration("0002_index", INDEX, ADD.format("note"), atomic=False)
    with busy(shop, WRITE) as writer, ThreadPoolExecutor() as pool:
        release = pool.submit(shop.steps)
        until(lambda: "CREATE INDEX" in shop.sql("SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
        time.sleep(6)
        writer.terminate()
        report = release.result()
    assert report["failed"] is None, "six seconds are longer than anything else may wait"
    assert shop.columns() == "id name code note"


def test_an_index_that_was_left_half_built_is_built_anew(shop: Shop) -> None:
    shop.sql("INSERT INTO shop_order (name) VALUES ('twice'), ('twice')")
    shop.sql("CREATE UNIQUE INDEX CONCURRENTLY by_name ON shop_order (name)")
    valid = "SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = to_regclass('by_name')"
    assert shop.sql(valid) == "f|t"
    shop.migration("0002_index", INDEX, atomic=False)
    assert shop.steps()["failed"] is None
    assert shop.sql(valid) == "t|f"
