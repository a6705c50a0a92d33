"""Django projects that know nothing of Slipway, deployed through `appSource` alone; and ones that cannot work."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.rig import Rig

# A project that somebody else published, with 35 packages. It is taken as it is: no file is edited, no value set.
PUBLISHED = "coldfront==1.1.10"


@pytest.fixture
def source(rig: Rig, tmp_path: Path) -> Iterator[Path]:
    """A folder for a project; afterwards the rehearsal serves the example again."""
    yield tmp_path
    rig.configure(appSource="example")
    rig.up()


def serve(rig: Rig, project: Path) -> None:
    rig.configure(appSource=str(project))
    rig.up()


def styled(rig: Rig, path: str) -> bool:
    """Whether a page is there with every style sheet that it names."""
    page = rig.get(path)
    styles = re.findall(r'href="(/static/[^"]+\.css)"', page.body)
    return page.status == 200 and bool(styles) and all(rig.get(style).status == 200 for style in styles)


def test_a_fresh_startproject_serves_its_admin(rig: Rig, source: Path) -> None:
    command = [sys.executable, "-m", "django", "startproject", "fresh", str(source)]
    subprocess.run(command, check=True, timeout=60)
    serve(rig, source)
    assert styled(rig, "/admin/login/")


def test_a_published_project_serves_as_it_is(rig: Rig, source: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(source)]
    subprocess.run([*pip, PUBLISHED], check=True, timeout=300)
    archive = next(source.glob("*.tar.gz"))
    shutil.unpack_archive(archive, source, filter="data")
    serve(rig, source / archive.name.removesuffix(".tar.gz"))
    assert rig.get("/").status == 200
    assert styled(rig, "/admin/login/")


SPY = """
import os, pathlib, socket
assert os.getuid() != 0, "built as root"
for place in ("/etc/slipway/activations", "/root"):
    assert not os.access(place, os.R_OK), place
try:
    socket.create_connection(("169.254.169.254", 80), 2)
except OSError:
    pass
else:
    raise AssertionError("the metadata service answers")
from setuptools import setup
setup(name="spy", version="1", py_modules=["spy"])
"""


def test_code_that_packages_run_when_they_are_built_is_nobodys(rig: Rig, source: Path) -> None:
    shutil.copytree(rig.project / "example", source, dirs_exist_ok=True)
    package = source / "vendor/spy"
    package.mkdir(parents=True)
    (package / "setup.py").write_text(SPY)
    (package / "spy.py").touch()
    lists = source / "requirements.txt"
    lists.write_text(lists.read_text() + "\n./vendor/spy\n")
    serve(rig, source)
    assert rig.get("/").status == 200
    writable = "find -L /srv/app/releases /srv/app/venvs -type f \\( ! -user root -o -perm /022 \\) | head -3"
    assert rig.on_host("sh", "-c", writable) == ""


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "guestbook/migrations/0099_broken.py",
            "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
            '    dependencies = [("guestbook", "0001_initial")]\n'
            '    operations = [migrations.RunSQL("ALTER TABLE no_such_table ADD COLUMN x int")]\n',
            "The migration guestbook.0099_broken failed",
        ),
        ("guestbook/views.py", "import no_such_module\n", "need the module no_such_module"),
        ("requirements.txt", "no-such-package-at-all==9.9.9\n", "The packages of requirements.txt do not install"),
        ("config/wsgi.py", "raise RuntimeError('broken on purpose')\n", "broken on purpose"),
    ],
)
def test_a_broken_project_is_refused_in_a_sentence_and_the_site_serves_on(
    rig: Rig, source: Path, name: str, text: str, sentence: str
) -> None:
    shutil.copytree(rig.project / "example", source, dirs_exist_ok=True)
    (source / name).write_text(text)
    rig.configure(appSource=str(source))
    run = rig.rehearse("up")
    last = run.text.strip().splitlines()[-1]
    assert run.code == 1
    assert last.startswith("`rehearse up -s local` failed: release-") and sentence in last, last
    assert "Traceback" not in last
    assert 'id="visits"' in rig.get().body
