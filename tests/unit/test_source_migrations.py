"""source: what a preview says of the project's own migrations."""

from __future__ import annotations

from typing import Any

import pytest

from source import Source, fetch, migrations
from source.archive import Archive, Entry
from tests.unit.running import ROOT, run_program

FILE = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [{operations}]
"""


def entry(path: str, *operations: str) -> Entry:
    return Entry(path=path, content=FILE.format(operations=", ".join(operations)).encode())


def kinds(entries: list[Entry]) -> dict[str, str]:
    return {name: told.kind for name, told in migrations.read(entries).items()}


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("migrations.CreateModel('Bill', [])", "additive"),
        ("migrations.AddField('order', 'note', models.TextField(null=True))", "additive"),
        ("migrations.AddField(model_name='order', name='tag', field=models.ForeignKey('shop.Tag'))", "locking"),
        ("migrations.AddField('order', 'key', models.TextField(unique=True))", "locking"),
        ("migrations.AddField('order', 'key', models.TextField(unique=False))", "additive"),
        ("migrations.AlterField('order', 'key', models.TextField())", "locking"),
        ("migrations.AddIndex('order', models.Index(fields=['key'], name='x'))", "locking"),
        ("AddIndexConcurrently('order', models.Index(fields=['key'], name='x'))", "additive"),
        ("migrations.RemoveField('order', 'key')", "destructive"),
        ("migrations.RenameField('order', 'key', 'code')", "destructive"),
        ("migrations.DeleteModel('Order')", "destructive"),
        ("migrations.RunPython(fill)", "irreversible"),
        ("migrations.RunPython(fill, migrations.RunPython.noop)", "locking"),
        ("migrations.RunPython(code=fill, reverse_code=empty)", "locking"),
        ("migrations.RunPython(migrations.RunPython.noop)", "additive"),
        ("migrations.RunSQL('UPDATE shop_order SET a = b', '')", "locking"),
        ("migrations.RunSQL('CREATE EXTENSION hstore')", "irreversible"),
        ("migrations.RunSQL(sql=['SELECT 1', 'DROP TABLE shop_order'], reverse_sql='')", "destructive"),
        ("third.party.Trigger('order')", "locking"),
        ("migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField('order', 'key')])", "additive"),
        ("migrations.SeparateDatabaseAndState([migrations.RemoveField('order', 'key')], [])", "destructive"),
    ],
)
def test_an_operation_is_classed_by_its_text(operation: str, kind: str) -> None:
    assert kinds([entry("shop/migrations/0002_x.py", operation)]) == {"shop.0002_x": kind}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("operations = [migrations.RemoveField('order', 'key')] + MORE", "locking"),
        ("operations = made_by_a_function()", "locking"),
        ("operations: list[Operation] = [migrations.RemoveField('order', 'key')]", "destructive"),
        ("operations = []\n    operations += [migrations.RemoveField('order', 'key')]", "destructive"),
        ("operations = [migrations.CreateModel(NAME, []), migrations.RemoveField(OTHER, 'key')]", "destructive"),
    ],
)
def test_operations_that_are_listed_otherwise_do_not_pass_for_none(statement: str, kind: str) -> None:
    text = f"class Migration(migrations.Migration):\n    {statement}\n"
    assert kinds([Entry(path="shop/migrations/0002_x.py", content=text.encode())]) == {"shop.0002_x": kind}


def test_a_migration_is_as_bad_as_its_worst_operation_save_on_tables_that_it_makes() -> None:
    new = ["migrations.CreateModel('Bill', [])", "migrations.RemoveField('bill', 'sum')"]
    old = ["migrations.RemoveField('order', 'sum')", "migrations.CreateModel('Bill', [])"]
    found = kinds([entry("shop/migrations/0002_new.py", *new), entry("shop/migrations/0003_old.py", *old)])
    assert found == {"shop.0002_new": "additive", "shop.0003_old": "destructive"}


def test_an_app_has_the_label_that_its_configuration_gives_it() -> None:
    config = Entry(
        path="src/shop/apps.py", content=b"class Shop(AppConfig):\n    name = 'src.shop'\n    label = 'store'\n"
    )
    other = Entry(path="src/blog/apps.py", content=b"class Blog(AppConfig):\n    name = 'src.blog'\n")
    files = [config, other, entry("src/shop/migrations/0001_a.py"), entry("src/blog/migrations/0001_b.py")]
    assert kinds(files) == {"blog.0001_b": "additive", "store.0001_a": "additive"}


def test_what_is_no_migration_is_left_out() -> None:
    files = [
        Entry(path="shop/migrations/__init__.py", content=b""),
        Entry(path="shop/migrations/helpers.py", content=b"def fill(): pass"),
        Entry(path="shop/migrations/broken.py", content=b"class Migration(:"),
        Entry(path="shop/migrations/0001_link.py", link="../x.py"),
        entry("shop/other/0001_x.py"),
    ]
    assert kinds(files) == {}


def test_the_example_only_adds() -> None:
    source = fetch("example", ROOT)
    assert source.migrations == {"guestbook.0001_initial": migrations.Told(kind="additive", safe_back=True)}
    assert source.telling_migrations() == {}


def test_an_accepted_migration_that_the_source_does_not_have_is_warned_of(
    values: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    accepted = ["guestbook.0001_initial", "guestbook.0009_gone"]
    run_program({**values, "appSource": "example", "acceptMigrations": accepted})
    assert [message for message in caplog.messages if "acceptMigrations" in message] == [
        "slipway:acceptMigrations has guestbook.0009_gone, which the source does not contain: remove it, unless it is "
        "one of an installed package."
    ]


def test_the_output_names_what_does_more_than_add() -> None:
    operations = ("migrations.AddField('order', 'a', models.TextField())", "migrations.RemoveField('order', 'b')")
    known = migrations.read([entry(f"shop/migrations/000{i}_x.py", each) for i, each in enumerate(operations)])
    archive = Archive(path=ROOT, digest="d")
    source = Source(archive=archive, manage="manage.py", warnings=(), migrations=known)
    assert source.telling_migrations() == {"shop.0001_x": "destructive; going back is not safe"}


@pytest.mark.parametrize(
    ("operations", "back"),
    [
        (["migrations.AddIndex('order', models.Index(fields=['key'], name='x'))"], "safe"),
        (["migrations.AddField('order', 'key', models.TextField(unique=True))"], "safe"),
        (["migrations.AlterField('order', 'key', models.TextField())"], "for the host to judge"),
        (["migrations.RunPython(fill)", "migrations.DeleteModel('Order')"], "not safe"),
        (["migrations.CreateModel('Bill', [])", "migrations.AlterField('bill', 'key', models.TextField())"], "safe"),
    ],
)
def test_a_migration_tells_whether_the_old_code_works_after_it(operations: list[str], back: str) -> None:
    [told] = migrations.read([entry("shop/migrations/0002_x.py", *operations)]).values()
    assert told.sentence() == f"{told.kind}; going back is {back}"
