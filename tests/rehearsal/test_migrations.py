"""Migrations beside the live site: applied, refused, accepted, failed; and the way back after them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.rig import Prober, Rig

SLIPWAY = Path(sys.executable).with_name("slipway")
SETTINGS = "example/config/settings.py"
MODEL = """
from django.db import models

class Book(models.Model):
    title = models.CharField(max_length=80)
    code = models.CharField(max_length=20)
"""
MIGRATION = """
from django.db import migrations, models

def fail(apps, editor):
    raise ValueError("no book is like that")

class Migration(migrations.Migration):
    initial = {initial}
    dependencies = {dependencies}
    operations = [{operation}]
"""
CREATE = (
    "migrations.CreateModel('Book', [('id', models.BigAutoField(primary_key=True)), "
    "('title', models.CharField(max_length=80)), ('code', models.CharField(max_length=20))])"
)
DROP = "migrations.RemoveField('Book', 'code')"
FAIL = "migrations.RunPython(fail, migrations.RunPython.noop)"


@pytest.fixture
def shelf(rig: Rig) -> Iterator[Rig]:
    """The project with one more app; as it was afterwards, but for the app's table, which nothing knows then."""
    settings, text = rig.project / SETTINGS, (rig.project / SETTINGS).read_text()
    folder = rig.project / "example/shelf/migrations"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()
    (folder.parent / "models.py").write_text(MODEL)
    settings.write_text(text + "\nINSTALLED_APPS.append('shelf')\n")
    yield rig
    for file in (*folder.glob("*.py"), *folder.parent.glob("*.py")):
        file.unlink()
    folder.rmdir()
    folder.parent.rmdir()
    settings.write_text(text)
    rig.configure(acceptMigrations=None)
    rig.up()


def migration(rig: Rig, name: str, operation: str, after: str = "") -> None:
    dependencies = f"[('shelf', '{after}')]" if after else "[]"
    text = MIGRATION.format(initial=not after, dependencies=dependencies, operation=operation)
    (rig.project / f"example/shelf/migrations/{name}.py").write_text(text)


def columns(rig: Rig) -> str:
    script = "from django.db import connection as c; k = c.cursor(); "
    script += "print(*[d.name for d in c.introspection.get_table_description(k, 'shelf_book')])"
    return rig.on_host("slipway-host", "manage", "--", "shell", "--verbosity", "0", "-c", script).strip()


def slipway(rig: Rig, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(SLIPWAY), verb, "-s", rig.stack, "-C", str(rig.project), "--rehearsal", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_migrations_are_applied_refused_accepted_and_count_for_the_way_back(shelf: Rig) -> None:
    rig = shelf
    migration(rig, "0001_initial", CREATE)
    with Prober(rig) as prober:
        rig.up()
        assert columns(rig) == "id title code"

        migration(rig, "0002_drop_code", DROP, after="0001_initial")
        preview = rig.rehearse("preview")
        assert "shelf.0002_drop_code" in preview.text, "a preview shows what is new"
        run = rig.rehearse("up")
        assert run.code == 1
        assert (
            "Destructive migrations wait to be accepted: shelf.0002_drop_code (drops the column shelf_book.code)."
        ) in " ".join(run.text.split())
        assert columns(rig) == "id title code"
        (pending,) = json.loads(slipway(rig, "migrations", "--json").stdout)["pending"]
        assert (pending["name"], pending["class"], pending["safe_back"]) == (
            "shelf.0002_drop_code",
            "destructive",
            False,
        )

        rig.configure(acceptMigrations=["shelf.0002_drop_code"])
        rig.up()
        assert columns(rig) == "id title"

        done = slipway(rig, "rollback")
        assert done.returncode == 1
        assert "is not safe: the migration shelf.0002_drop_code has been applied since" in done.stderr
        done = slipway(rig, "rollback", "--force")
        assert done.returncode == 0, done.stderr

        migration(rig, "0003_fail", FAIL, after="0002_drop_code")
        run = rig.rehearse("up")
        assert run.code == 1
        said = " ".join(run.text.split())
        assert "The migration shelf.0003_fail failed at operation 1 of 1" in said
        assert "no book is like that" in said and "It was rolled back whole." in said
    assert prober.sent > 100 and prober.failed == []
