"""Real projects, a real venv, a real Postgres and a real gunicorn: from the archive to an answer."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import secrets
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slipway_host import colours, database, packages, release
from slipway_host.activate import activate, of
from slipway_host.environment import parse, render
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.pending import pending
from slipway_host.prepare import prepare
from slipway_host.psql import Server
from slipway_host.status import status

from tests.host.host_postgres import Postgres, free_port
from tests.host.host_standins import REPOSITORY, Gunicorn, folder_for_everybody

DOMAIN = "www.example.org"
SECRET_KEY = secrets.token_urlsafe(40)


@dataclass(frozen=True, kw_only=True)
class Host:
    paths: Paths
    services: Gunicorn
    postgres: Postgres

    def environment(self, name: str) -> str:
        """A colour's environment, with a database of its own."""
        password, owner_password = secrets.token_hex(16), secrets.token_hex(16)
        server = Server(host=self.postgres.host, port=self.postgres.port, ca=self.postgres.ca)
        master = database.Secrets(
            master_user="master",
            master_password=self.postgres.master_password,
            owner_password=owner_password,
            password=password,
        )
        database.ensure(server, master, name, name, f"{name}_owner")
        place = f"{self.postgres.host}:{self.postgres.port}/{name}"
        query = urlencode({"sslmode": "verify-full", "sslrootcert": str(self.postgres.ca), "conn_max_age": "600"})
        return render(
            {
                "DATABASE_URL": f"postgresql://{name}:{password}@{place}?{query}",
                "SLIPWAY_MIGRATION_URL": f"postgresql://{name}_owner:{owner_password}@{place}?{query}",
                "SECRET_KEY": SECRET_KEY,
                "SLIPWAY_DOMAIN": DOMAIN,
                "SLIPWAY_HSTS_SECONDS": "3600",
                "WEB_CONCURRENCY": "1",
            }
        )

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """What nginx would be answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.services.port, timeout=10)
        for _ in range(100):
            with contextlib.suppress(ConnectionRefusedError):
                connection.connect()
                break
            time.sleep(0.05)
        connection.request("GET", path, headers={"Host": DOMAIN, "X-Forwarded-Proto": "https", **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text


@pytest.fixture(scope="module")
def host(uv: Path, app_user: str | None, migrator: str | None, database_server: Postgres) -> Iterator[Host]:
    """A host with the example as release `good`, not yet activated."""
    with folder_for_everybody() as root:
        library = root / "usr/local/lib/slipway"
        shutil.copytree(REPOSITORY / "host", library)
        # Outside of it, so that packages are linked from the developer's cache and not fetched for each run.
        (root / "var/cache/slipway").mkdir(parents=True)
        cache = Path(subprocess.check_output([uv, "cache", "dir"], text=True).strip())
        cache.mkdir(parents=True, exist_ok=True)
        (root / "var/cache/slipway/uv").symlink_to(cache)
        paths = Paths(
            root=root,
            user=app_user,
            migrator=migrator,
            builder=None,
            uv=uv,
            python=Path("/usr/bin/python3"),
            library=library,
        )
        services = Gunicorn(paths, free_port())
        prepare(paths, "good", archive(root, REPOSITORY / "example"), "manage.py")
        yield Host(paths=paths, services=services, postgres=database_server)
        for colour in ("blue", "green"):
            services.stop(colour)


def archive(root: Path, source: Path) -> Path:
    path = root / f"{source.name}.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(source, ".")
    return path


def edited(host: Host, name: str, file: str, text: str) -> None:
    """A complete release like `good`, with the same venv, and with text added to one file of its source."""
    good, folder = host.paths.release("good"), host.paths.release(name)
    folder.mkdir()
    shutil.copytree(good / "src", folder / "src")
    with (folder / "src" / file).open("a") as source:
        source.write(f"\n{text}\n")
    (folder / "venv").symlink_to(good / "venv")
    shutil.chown(folder, group=host.paths.user or os.getgid())
    values = release.load_variables(host.paths, "good")
    moved = {key: value.replace("releases/good", f"releases/{name}") for key, value in values.items()}
    release.save_variables(host.paths, name, {**moved, "SLIPWAY_STATIC_MANIFEST": str(host.paths.manifest(name))})
    like = release.load(host.paths, "good")
    assert like
    release.save(host.paths, release.Release(id=name, manage=like.manage, candidates=like.candidates))


@dataclass(frozen=True, kw_only=True)
class Live:
    """A host on which the example serves as release `good`, and the environment file it was given."""

    host: Host
    given: str


@pytest.fixture(scope="module")
def live(host: Host) -> Live:
    given = host.environment("example")
    activate(host.paths, host.services, "good", "d1", given)
    return Live(host=host, given=given)


def test_the_example_serves_a_page_that_wrote_and_read_the_database(live: Live) -> None:
    status, page = live.host.get("/")
    assert status == 200
    visits = int(re.findall(r'id="visits">(\d+)<', page)[0])
    assert visits >= 2, "the probe was the first visit: this page has read what another request wrote"
    assert live.host.get("/admin/login/")[0] == 200


def test_the_app_cannot_change_its_tables(live: Live) -> None:
    values = parse((live.host.paths.environment("blue")).read_text())
    command = ["psql", "-XAt", values["DATABASE_URL"].replace("&conn_max_age=600", ""), "-c"]
    refused = subprocess.run([*command, "ALTER TABLE guestbook_entry ADD x int"], capture_output=True, text=True)
    assert "must be owner of table guestbook_entry" in refused.stderr
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert subprocess.check_output([*command, owners], text=True) == "example_owner\n"


def test_its_static_files_are_hashed_and_lie_where_nginx_looks(live: Live) -> None:
    style = re.findall(r"/static/(guestbook/style\.[0-9a-f]{12}\.css)", live.host.get("/")[1])[0]
    text = (live.host.paths.static / style).read_text()
    boat = re.findall(r'url\("(boat\.[0-9a-f]{12}\.svg)"\)', text)[0]
    assert (live.host.paths.static / "guestbook" / boat).is_file()


def test_plain_http_is_redirected_and_another_host_is_refused(live: Live) -> None:
    assert live.host.get("/", **{"X-Forwarded-Proto": "http"})[0] == 301
    assert live.host.get("/", Host="evil.example.org")[0] == 400


def test_an_uploaded_file_lies_where_nginx_may_read_it(live: Live) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.host.services.port, timeout=10)
    https = {"Host": DOMAIN, "X-Forwarded-Proto": "https"}
    connection.request("GET", "/", headers=https)
    answer = connection.getresponse()
    cookie = str(answer.headers["Set-Cookie"])
    assert "; Secure" in cookie
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.read().decode())[0]
    fields = {"csrfmiddlewaretoken": token, "name": "Ada", "message": "Was here"}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts.append('Content-Disposition: form-data; name="file"; filename="hello.txt"\r\n\r\nhello')
    body = "".join(f"--limit\r\n{part}\r\n" for part in parts) + "--limit--\r\n"
    headers = {**https, "Cookie": cookie.split(";")[0], "Referer": f"https://{DOMAIN}/"}
    connection.request("POST", "/", body, {**headers, "Content-Type": "multipart/form-data; boundary=limit"})
    assert connection.getresponse().status == 302
    connection.close()

    file = re.findall(r'"/media/(entries/\d+/\d+/hello\.txt)"', live.host.get("/")[1])[0]
    path = live.host.paths.media / file
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("hello", 0o644)
    folders = list(path.parents)[: len(Path(file).parents)]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o755}, "the umask of the service hides them"


def test_the_role_of_the_app_can_tell_what_is_pending(live: Live) -> None:
    text = """from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("guestbook", "0001_initial")]
    operations = [migrations.DeleteModel("Entry")]
"""
    edited(live.host, "drops", "guestbook/migrations/0002_drop.py", text)
    found = pending(live.host.paths, "drops")["pending"]
    assert [(one["name"], one["class"]) for one in found] == [("guestbook.0002_drop", "destructive")]


FAULTS = {
    "import": (
        "config/settings.py",
        "import nosuch",
        "The settings config.settings need the module nosuch, which the project's requirements do not install: "
        "add it to them.",
    ),
    "variables": (
        "config/settings.py",
        'import os\nA = os.environ["A_KEY"]\nB = int(os.environ["B_NUMBER"])',
        "The settings config.settings need environment variables that are not set: A_KEY, B_NUMBER. Set them under "
        "appEnv, or under appSecrets what is secret.",
    ),
    "check": (
        "guestbook/admin.py",
        "EntryAdmin.list_display = ['nosuch']",
        "manage.py check --deploy finds 1 error (admin.E108): The value of 'list_display[0]' refers to 'nosuch', which "
        "is not a callable or attribute of 'EntryAdmin', or an attribute, method, or field on 'guestbook.Entry'. "
        "Correct it in the project. Release good is still serving.",
    ),
    "migration": (
        "guestbook/migrations/0002_broken.py",
        """from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("guestbook", "0001_initial")]
    operations = [migrations.RunSQL("ALTER TABLE nosuch ADD x int")]
""",
        "The migration guestbook.0002_broken failed at operation 1 of 1, Raw SQL operation (ProgrammingError: relation "
        '"nosuch" does not exist). It was rolled back whole. The database is as it was. Release good is still serving.',
    ),
    "home": (
        "guestbook/views.py",
        "def home(request):\n    raise ValueError('broken')",
        "The release does not start: GET / answered 500 Internal Server Error. Release good is still serving.",
    ),
    "wsgi": (
        "config/settings.py",
        "WSGI_APPLICATION = 'config.nosuch.application'",
        "The release does not start: ModuleNotFoundError: No module named 'config.nosuch'. "
        "Release good is still serving.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_release_is_refused_in_a_sentence_while_the_good_one_serves(live: Live, fault: str) -> None:
    file, text, sentence = FAULTS[fault]
    edited(live.host, fault, file, text)
    with pytest.raises(Failure) as failure:
        activate(live.host.paths, live.host.services, fault, "d1", live.given)
    assert failure.value.sentence == sentence, failure.value.output
    assert SECRET_KEY not in failure.value.output
    assert colours.live(live.host.paths) == "blue"
    assert live.host.get("/")[0] == 200


def test_a_project_that_hangs_while_it_loads_is_refused_with_the_place(live: Live) -> None:
    edited(live.host, "hangs", "guestbook/views.py", "import threading\nthreading.Event().wait()")
    with pytest.raises(Failure) as failure:
        activate(live.host.paths, live.host.services, "hangs", "d1", live.given + 'SLIPWAY_LOADING_SECONDS="2"\n')
    lines = (live.host.paths.release("hangs") / "src/guestbook/views.py").read_text().splitlines()
    assert failure.value.sentence == (
        f"The project does not load: it did not get ready in time: it hung at guestbook/views.py, line {len(lines)}. "
        "Release good is still serving."
    )
    assert live.host.get("/")[0] == 200


def test_what_an_operator_should_know_of_a_project_is_in_the_state(live: Live) -> None:
    console = "EMAIL_BACKEND = 'django.core.mail.backends.console.EmailBackend'\nSILENCED_SYSTEM_CHECKS = []"
    edited(live.host, "talks", "config/settings.py", console + "\nX_FRAME_OPTIONS = 'SAMEORIGIN'")
    activate(live.host.paths, live.host.services, "talks", "d1", live.given)
    assert status(live.host.paths, live.host.services)["live"]["advice"] == [
        "the settings say DEBUG = True; production turns it off, but what they computed from it stays",
        "EMAIL_BACKEND prints mails to the journal instead of sending them",
        "manage.py check --deploy warns of security.W019",
    ]
    activate(live.host.paths, live.host.services, "good", "d1", live.given)


def test_a_project_may_write_to_its_home_while_it_is_checked(live: Live) -> None:
    text = "from pathlib import Path\nHOMELY = Path.home() / '.cache/deep'\nHOMELY.mkdir(parents=True)\n"
    edited(live.host, "homely", "config/settings.py", text)
    project = of(live.host.paths, "homely", parse(live.given))
    assert project.settings_error("config.settings") is None


def test_views_are_loaded_once_before_the_workers_are_forked(live: Live) -> None:
    text = "import os\nLOADED_BY = os.getpid()\ndef home(request):\n    from django.http import HttpResponse\n"
    text += "    return HttpResponse(f'{LOADED_BY} {os.getppid()}')"
    edited(live.host, "loaded", "guestbook/views.py", text)
    activate(live.host.paths, live.host.services, "loaded", "d1", live.given)
    loaded_by, master = live.host.get("/")[1].split()
    assert loaded_by == master


def test_a_fresh_startproject_serves_unedited_and_passes_check_deploy_without_a_warning(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "fresh"
    source.mkdir()
    subprocess.run([sys.executable, "-m", "django", "startproject", "fresh", source], check=True)
    prepare(host.paths, "fresh", archive(host.paths.root, source), "manage.py")
    activate(host.paths, host.services, "fresh", "d1", host.environment("fresh"))
    assert host.get("/admin/login/")[0] == 200
    said = capsys.readouterr().out
    assert "check: 0 warnings, no error\n" in said
    assert "prepare: added gunicorn\nprepare: added psycopg\n" in said


PACKAGED = """
[project]
name = "guestbook-site"
version = "1"
dependencies = ["django==5.2.19"]
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[tool.setuptools]
packages = ["guestbook"]
[project.scripts]
say-where = "guestbook.where:main"
"""
WHERE = "import guestbook\ndef main():\n    print(guestbook.__file__)\n"


def test_releases_of_a_project_that_is_a_package_share_what_it_needs(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "packaged"
    shutil.copytree(REPOSITORY / "example", source)
    (source / "requirements.txt").unlink()
    (source / "pyproject.toml").write_text(PACKAGED)
    (source / "guestbook/where.py").write_text(WHERE)
    for name in ("packaged1", "packaged2"):
        prepare(host.paths, name, archive(host.paths.root, source), "manage.py")
        said, folder = capsys.readouterr().out, host.paths.release(name)
        assert ("the packages are those of a release before" in said) == (name == "packaged2")
        seen = subprocess.check_output([folder / "venv/bin/say-where"], text=True).strip()
        assert seen == str(folder / "src/guestbook/__init__.py"), "each release runs its own code"
        assert (folder / "venv/bin/gunicorn").read_text().count(str(folder)) >= 1
    folders = [host.paths.release(name) for name in ("packaged1", "packaged2")]
    assert packages.used(folders[0]) == packages.used(folders[1]) != set()


def test_requirements_that_do_not_install_are_one_sentence_and_leave_nothing(host: Host, tmp_path: Path) -> None:
    source = tmp_path / "impossible"
    shutil.copytree(REPOSITORY / "example", source)
    (source / "requirements.txt").write_text("django==5.2.19\ndjango==5.2.18\n")
    with pytest.raises(Failure) as failure:
        prepare(host.paths, "impossible", archive(host.paths.root, source), "manage.py")
    assert (
        failure.value.sentence == "The packages of requirements.txt do not install: correct what the last lines name."
    )
    assert "django==5.2.18" in failure.value.output
    assert not host.paths.release("impossible").exists()


def test_a_python_that_cannot_be_had_is_refused(host: Host, tmp_path: Path) -> None:
    source = tmp_path / "old"
    shutil.copytree(REPOSITORY / "example", source)
    (source / "pyproject.toml").write_text('[project]\nname = "old"\nversion = "1"\nrequires-python = "<3"\n')
    with pytest.raises(
        Failure, match=r"^The project asks for Python <3, this host has 3\.\d+\.\d+ and no other could be had"
    ):
        prepare(host.paths, "old", archive(host.paths.root, source), "manage.py")


def test_the_python_that_is_named_is_taken_or_refused(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "named"
    shutil.copytree(REPOSITORY / "example", source)
    (source / ".python-version").write_text("3.99\n")
    with pytest.raises(
        Failure,
        match=r"^The project asks for Python 3\.99 in \.python-version, this host has 3\.\d+\.\d+ and no other "
        r"could be had: name another one in \.python-version of the project\.$",
    ):
        prepare(host.paths, "named1", archive(host.paths.root, source), "manage.py")
    (source / "requirements.txt").unlink()
    listed = '[project]\nname = "named"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = ["django==5.2.19"]\n'
    (source / "pyproject.toml").write_text(listed)
    prepare(host.paths, "named2", archive(host.paths.root, source), "manage.py")
    assert "Python 3.99, which .python-version names, could not be had" in capsys.readouterr().out


def test_a_complete_release_is_not_built_again_and_a_half_built_one_is(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(host.paths, "good", Path("/nosuch"), "manage.py")
    assert capsys.readouterr().out == "prepare: release good is complete already\n"
    halves = [host.paths.release("half"), host.paths.release("another-half")]
    for half in halves:
        (half / "src").mkdir(parents=True)
    with pytest.raises(Failure, match=r"^The archive /nosuch is not on this host: upload it again\.$"):
        prepare(host.paths, "half", Path("/nosuch"), "manage.py")
    assert not any(half.exists() for half in halves)
    assert release.load(host.paths, "good")


def test_a_source_without_manage_py_is_refused(host: Host, tmp_path: Path) -> None:
    source = tmp_path / "empty"
    source.mkdir()
    with pytest.raises(Failure, match=r"^There is no backend/manage\.py in the project: appSource must lead to"):
        prepare(host.paths, "empty", archive(host.paths.root, source), "backend/manage.py")
