"""What manage.py says about a project, by running it; and the settings that come of it, by loading them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from slipway_host import choice, discovery, release
from slipway_host.discovery import Found
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.project import Project

from tests.host.host_standins import REPOSITORY

PLAIN = """
import os
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
execute_from_command_line()
"""
SETTINGS = """
SECRET_KEY = "of-the-project"
ROOT_URLCONF = "site_urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
GIVEN = {
    "SECRET_KEY": "the-key-of-this-stack",
    "SLIPWAY_DOMAIN": "www.example.org",
    "DATABASE_URL": "postgresql://app:some-password@127.0.0.1/app",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site_urls.py").write_text("urlpatterns = []\n")
    return tmp_path


def paths(folder: Path) -> Paths:
    return Paths(root=folder / "host", user=None, builder=None)


def discover(folder: Path, manage: str, named: str = "") -> Found:
    (folder / "manage.py").write_text(manage)
    return discovery.discover(paths(folder), Path(sys.executable), folder / "manage.py", named)


def project(folder: Path, found: Found) -> Project:
    """The project as a release on a host would run it."""
    own = release.variables(paths(folder), "r1", folder / "manage.py", "", found)
    return Project(python=Path(sys.executable), folder=folder, given=GIVEN, own=own, paths=paths(folder), user=None)


def test_the_module_that_manage_py_names_is_found(folder: Path) -> None:
    found = discover(folder, PLAIN.format(settings="site_settings"))
    assert found == Found(candidates=("site_settings",))


def test_a_package_that_names_the_settings_is_believed(folder: Path) -> None:
    (folder / "shop").mkdir()
    (folder / "shop/__init__.py").write_text('import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "shop.conf"\n')
    manage = "import shop\nfrom django.core import management\nmanagement.execute_from_command_line()\n"
    assert discover(folder, manage).candidates == ("shop.conf",)


def test_production_modules_beside_a_development_one_are_candidates(folder: Path) -> None:
    (folder / "conf").mkdir()
    for name in ("__init__", "dev", "production"):
        (folder / f"conf/{name}.py").touch()
    assert discover(folder, PLAIN.format(settings="conf.dev")).candidates == ("conf.production", "conf.dev")
    assert discover(folder, PLAIN.format(settings="conf.dev"), "conf.other").candidates == ("conf.other",)


def test_the_order_of_sys_path_is_kept(folder: Path) -> None:
    manage = f'import sys\nsys.path.insert(0, "{folder}/first")\nsys.path.append("{folder}/last")\n'
    found = discover(folder, manage + PLAIN.format(settings="site_settings"))
    assert (found.before, found.after) == ((f"{folder}/first",), (f"{folder}/last",))


def test_a_manage_py_that_makes_the_path_anew_is_understood(folder: Path) -> None:
    manage = PLAIN.format(settings="site_settings").replace("import os", "import os, sys", 1)
    manage = manage.replace("execute_from_command_line()", "sys.path = ['/only']\nexecute_from_command_line()")
    assert discover(folder, manage) == Found(candidates=("site_settings",), before=("/only",))


def test_variables_that_manage_py_sets_are_kept_but_debug(folder: Path) -> None:
    manage = 'import os\nos.environ["MODE"] = "x"\nos.environ["DEBUG"] = "True"\n' + PLAIN.format(settings="s")
    assert discover(folder, manage).environment == (("MODE", "x"),)


def test_what_manage_py_says_as_it_ends_and_long_variables_do_not_hide_what_it_sets(folder: Path) -> None:
    key = "k" * 5000
    manage = f'import atexit, os\nos.environ["KEY"] = "{key}"\natexit.register(print, "bye")\n'
    found = discover(folder, manage + PLAIN.format(settings="s"))
    assert (found.candidates, found.environment) == (("s",), (("KEY", key),))


def test_a_thread_that_the_project_starts_does_not_keep_its_processes_for_ever(folder: Path) -> None:
    (folder / "site_settings.py").write_text(
        SETTINGS + "import threading, time\nthreading.Thread(target=time.sleep, args=[60]).start()\n"
    )
    began = time.monotonic()
    found = discover(folder, "import site_settings\n" + PLAIN.format(settings="site_settings"))
    assert project(folder, found).settings_error("site_settings") is None
    assert time.monotonic() - began < 30


def test_a_manage_py_that_fails_names_the_key_to_set(folder: Path) -> None:
    with pytest.raises(Failure) as failure:
        discover(folder, "raise ValueError('no')")
    assert failure.value.sentence == (
        "manage.py does not lead to settings (ValueError: no): name the settings module in djangoSettings."
    )
    assert discover(folder, "raise ValueError('no')", "site_settings").candidates == ("site_settings",)


def test_settings_that_read_themselves_while_they_load_do_load(folder: Path) -> None:
    (folder / "site_settings.py").write_text(
        SETTINGS + "from django.conf import settings\nTITLE = settings.ROOT_URLCONF\n"
        'import os\nassert os.environ["DJANGO_SETTINGS_MODULE"] == __name__\n'
    )
    found = discover(folder, PLAIN.format(settings="site_settings"))
    assert project(folder, found).settings_error("site_settings") is None


def test_settings_made_by_a_call_in_manage_py_do_load(folder: Path) -> None:
    call = "from django.conf import settings\nsettings.configure(ROOT_URLCONF='site_urls', DEBUG=True)\n"
    found = discover(folder, call + "from django.core.management import execute_from_command_line as e\ne()\n")
    assert found.candidates == ("@manage",)
    assert project(folder, found).settings_error("@manage") is None


def test_a_long_error_is_cut_short_but_not_in_the_middle_of_a_secret(folder: Path) -> None:
    key = GIVEN["SECRET_KEY"]
    (folder / "site_settings.py").write_text(f"raise ValueError('-' * {600 - len('ValueError: ') - 5} + '{key}')\n")
    found = discover(folder, PLAIN.format(settings="site_settings"))
    error = project(folder, found).settings_error("site_settings") or ""
    assert error.endswith("-[SECR") and len(error) == 600


def test_all_the_variables_that_settings_want_are_listed(folder: Path) -> None:
    (folder / "site_settings.py").write_text(
        SETTINGS + 'import os\nA = os.environ["FIRST_KEY"]\nB = int(os.environ["SECOND_KEY"])\n'
    )
    found = discover(folder, PLAIN.format(settings="site_settings"))
    error = project(folder, found).settings_error("site_settings")
    assert error == "KeyError: 'FIRST_KEY'"
    assert choice.missing_variables(project(folder, found), "site_settings", error) == ["FIRST_KEY", "SECOND_KEY"]


def test_a_module_that_holds_no_settings_is_refused(folder: Path) -> None:
    found = discover(folder, PLAIN.format(settings="site_urls"))
    error = project(folder, found).settings_error("site_urls")
    assert error == "ImportError: site_urls has no ROOT_URLCONF: it is not the settings of a project"


WSGI = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""


def test_a_wsgi_module_that_names_settings_does_not_get_its_way(folder: Path) -> None:
    (folder / "site_settings.py").write_text(SETTINGS + 'DATABASES = {}\nWSGI_APPLICATION = "site_wsgi.application"\n')
    (folder / "site_wsgi.py").write_text(WSGI)
    (folder / "show.py").write_text(
        "import sys\nfrom slipway_production import report, wsgi\nfrom django.conf import settings\n"
        "report.send(int(sys.argv[1]), failed=None, error=f'{settings.SETTINGS_MODULE} {settings.DEBUG}')\n"
    )
    found = discover(folder, PLAIN.format(settings="site_settings"))
    _, seen = project(folder, found).module("show", extra={"SLIPWAY_BASE_SETTINGS": "site_settings"})
    assert seen["error"] == "slipway_production.settings False"


def test_the_launcher_runs_from_where_the_program_installs_it() -> None:
    text = (REPOSITORY / "host/bin/slipway-host").read_text()
    assert text.startswith("#!/usr/bin/python3 -Iu\n")
    assert 'sys.path.insert(0, "/usr/local/lib/slipway")' in text
    assert os.access(REPOSITORY / "host/bin/slipway-host", os.X_OK)
