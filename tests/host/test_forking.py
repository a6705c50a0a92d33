"""What is loaded once, before gunicorn forks its workers, on a real Postgres."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.host import shop as shops
from tests.host.host_postgres import Postgres
from tests.host.venvs import python_with

SETTINGS = """
DATABASES["default"] = {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "OPTIONS": {"pool": {"min_size": 1}}}
INSTALLED_APPS += ["asking.Asking"]
"""
ASKING = """
from django.apps import AppConfig

class Asking(AppConfig):
    name = "asking"

    def ready(self):
        from django.db import connection
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
"""
WORKERS = """
import os
import sys
from slipway_production import report, wsgi
from django.db import connection

reading, writing = os.pipe()
for worker in range(2):
    if os.fork() == 0:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid() FROM pg_sleep(0.5)")
            os.write(writing, b"%d\\n" % cursor.fetchone()[0])
        os._exit(0)
codes = [os.wait()[1] for worker in range(2)]
report.end(int(sys.argv[1]), failed=None, codes=codes, sessions=len(set(os.read(reading, 1000).split())))
"""


@pytest.fixture(scope="module")
def python(uv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a venv with a Django that has pools, and what they are made of."""
    return python_with(uv, tmp_path_factory.mktemp("forking"), "django~=5.2.0", "psycopg[binary,pool]")


def test_workers_share_no_pool_of_connections_that_an_app_has_opened_as_it_loaded(
    python: Path, database_server: Postgres, tmp_path: Path
) -> None:
    shop = shops.make(tmp_path, python, database_server, "forking")
    project = tmp_path / "project"
    with (project / "site_settings.py").open("a") as settings:
        settings.write(SETTINGS)
    (project / "asking.py").write_text(ASKING)
    (project / "workers.py").write_text(WORKERS)
    report, said = shop.run("workers")
    assert (report["codes"], report["sessions"]) == ([0, 0], 2), said
