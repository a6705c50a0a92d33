"""A small Django project and its database, to run the steps of one release after the other on."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.host.host_postgres import Postgres
from tests.host.host_standins import REPOSITORY

SETTINGS = """
SECRET_KEY = "a-key-that-is-long-enough-for-the-checks-and-that-nobody-has-to-keep"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.staticfiles", "shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
"""
MIGRATION = """
import time
from django.contrib.postgres import operations as postgres
from django.db import migrations, models

def fail(apps, editor):
    raise ValueError("broken on purpose")

def fill(apps, editor):
    apps.get_model("shop", "Order").objects.update(name="filled")

class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = {dependencies}
    operations = [
        {operations}
    ]
"""
FIRST = (
    "migrations.CreateModel('Order', [('id', models.AutoField(primary_key=True)), "
    "('name', models.CharField(max_length=20)), ('code', models.CharField(max_length=20, null=True))])"
)


@dataclass
class Shop:
    """`steps` runs what a release runs before it starts."""

    root: Path
    python: Path
    server: Postgres
    database: str

    def migration(self, name: str, *operations: str, atomic: bool = True) -> None:
        folder = self.root / "project/shop/migrations"
        before = sorted(path.stem for path in folder.glob("0*.py"))
        text = MIGRATION.format(
            atomic=atomic,
            dependencies=[("shop", before[-1])] if before else [],
            operations=",\n        ".join(operations),
        )
        (folder / f"{name}.py").write_text(text)

    def app(self, name: str, *operations: str, body: str = "") -> None:
        """Another app with one migration, which depends on none and may have a `body` of its own."""
        folder = self.root / "project" / name / "migrations"
        folder.mkdir(parents=True)
        for empty in (folder.parent / "__init__.py", folder / "__init__.py", folder.parent / "models.py"):
            empty.touch()
        text = MIGRATION.format(atomic=True, dependencies=[], operations=",\n        ".join(operations))
        (folder / "0001_initial.py").write_text(text + body)
        with (self.root / "project/site_settings.py").open("a") as settings:
            settings.write(f'INSTALLED_APPS += ["{name}"]\n')

    @property
    def url(self) -> str:
        query = urlencode({"sslmode": "verify-full", "sslrootcert": str(self.server.ca)})
        return f"postgresql://master:{self.server.master_password}@127.0.0.1:{self.server.port}/{self.database}?{query}"

    def run(self, module: str, **environment: str) -> tuple[dict[str, Any], str]:
        """What one of our modules reports, and what it says."""
        notes = self.root / "notes"
        descriptor = os.open(notes, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        ran = subprocess.run(
            [self.python, "-W", "ignore", "-m", module, str(descriptor)],
            cwd=self.root / "project",
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": f"{self.root / 'project'}:{REPOSITORY / 'host'}",
                "PYTHONUNBUFFERED": "1",
                "DJANGO_SETTINGS_MODULE": "slipway_production.settings",
                "SLIPWAY_BASE_SETTINGS": "site_settings",
                "SLIPWAY_DOMAIN": "www.example.org",
                "SLIPWAY_STATIC_ROOT": str(self.root / "static"),
                "SLIPWAY_MEDIA_ROOT": str(self.root / "media"),
                "SLIPWAY_STATIC_MANIFEST": str(self.root / "manifest.json"),
                "SECRET_KEY": "another-key-that-is-long-enough-for-the-checks-of-deployment-and-longer",
                "DATABASE_URL": self.url,
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=(descriptor,),
        )
        os.close(descriptor)
        text = notes.read_text()
        assert text, ran.stdout
        report: dict[str, Any] = json.loads(text.splitlines()[-1])
        return report, ran.stdout

    def steps(self, *accepted: str) -> dict[str, Any]:
        report, said = self.run("slipway_production.step", SLIPWAY_ACCEPT_MIGRATIONS=",".join(accepted))
        report["said"] = said
        return report

    def sql(self, statement: str) -> str:
        """What psql prints, or the error."""
        ran = subprocess.run(["psql", "-XAtq", self.url, "-c", statement], capture_output=True, text=True)
        return (ran.stdout or ran.stderr).strip()

    def columns(self) -> str:
        """Of the table of orders, in order."""
        names = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute"
        return self.sql(f"{names} WHERE attrelid = to_regclass('shop_order') AND attnum > 0 AND NOT attisdropped")


def make(root: Path, python: Path, server: Postgres, database: str) -> Shop:
    """A project with the table shop_order in its first migration, and an empty database."""
    project = root / "project"
    (project / "shop/migrations").mkdir(parents=True)
    for empty in ("shop/__init__.py", "shop/migrations/__init__.py", "shop/models.py"):
        (project / empty).touch()
    (project / "site_settings.py").write_text(SETTINGS)
    (project / "urls.py").write_text("urlpatterns = []\n")
    shop = Shop(root=root, python=python, server=server, database="postgres")
    shop.sql(f"CREATE DATABASE {database}")
    shop.database = database
    shop.migration("0001_initial", FIRST)
    return shop
