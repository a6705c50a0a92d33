"""Which releases share their packages: those whose lists are the same and name nothing of the project's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from slipway_host import plan, sharing
from slipway_host.paths import Paths
from slipway_host.venv import Venv

PATHS = Paths()
LOCK = '[[package]]\nname = "shop"\nversion = "1"\nsource = {{ {kind} = "{place}" }}\n'


def name(folder: Path, registries: dict[str, str] | None = None) -> str | None:
    return sharing.name(PATHS, plan.decide(folder, folder / "manage.py"), registries or {})


def project(folder: Path, **texts: str) -> Path:
    """A project with these files; in their names - stands for a dot and __ for a slash."""
    for key, text in texts.items():
        path = folder / key.replace("__", "/").replace("-", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_another_line_of_source_changes_nothing_another_list_does(tmp_path: Path) -> None:
    first = name(project(tmp_path, **{"requirements-txt": "django==5.2.19\n", "views-py": "1"}))
    assert first is not None
    assert name(project(tmp_path, **{"views-py": "2"})) == first
    assert name(project(tmp_path, **{"requirements-txt": "django==5.2.18\n"})) != first


def test_the_same_lists_in_another_folder_are_the_same(tmp_path: Path) -> None:
    folders = [project(tmp_path / each, **{"requirements-txt": "django\n"}) for each in ("a", "b")]
    assert name(folders[0]) == name(folders[1])


def test_included_lists_count(tmp_path: Path) -> None:
    lists = {"requirements-txt": "-r requirements/base.in\n-c pins.in\n", "pins-in": "django==5.2.19\n"}
    first = name(project(tmp_path, **lists, **{"requirements__base-in": "django\n"}))
    second = name(project(tmp_path, **{"requirements__base-in": "django\nwagtail\n"}))
    third = name(project(tmp_path, **{"pins-in": "django==5.2.18\n"}))
    assert len({first, second, third} - {None}) == 3


def test_another_registry_and_another_python_are_other_packages(tmp_path: Path) -> None:
    project(tmp_path, **{"requirements-txt": "django\n"})
    assert name(tmp_path) != name(tmp_path, {"UV_INDEX_URL": "https://packages.example.org/simple"})
    asked = plan.Plan(said="x", folder=tmp_path, install=("django",), requires_python=">=3.13")
    assert sharing.name(PATHS, asked, {}) != sharing.name(
        PATHS, plan.Plan(said="x", folder=tmp_path, install=("django",)), {}
    )


@pytest.mark.parametrize(
    "line",
    [
        "django==5.2.19 \\\n    --hash=sha256:0123",
        "git+https://example.org/shop.git@v1",
        "shop @ https://example.org/shop-1.0.whl",
        "shop[pay] >= 1  # ./comment",
        "--index-url https://example.org/simple",
    ],
)
def test_published_packages_are_shared(tmp_path: Path, line: str) -> None:
    assert name(project(tmp_path, **{"requirements-txt": line + "\n"})) is not None


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "--editable ./shop",
        ".",
        "./vendor/shop-1.0.whl",
        "vendor/shop-1.0.tar.gz",
        "shop-1.0-py3-none-any.whl",
        "shop @ file:vendor/shop",
        "shop @ ./vendor/shop",
        "--find-links vendor",
        "-r missing.txt",
    ],
)
def test_what_the_source_itself_brings_is_not_shared(tmp_path: Path, line: str) -> None:
    assert name(project(tmp_path, **{"requirements-txt": f"django\n{line}\n"})) is None


@pytest.mark.parametrize(
    ("kind", "place", "shared", "package"),
    [("virtual", ".", True, False), ("editable", ".", True, True), ("editable", "shop", False, False)],
)
def test_uv_lock_says_whether_it_installs_the_project(
    tmp_path: Path, kind: str, place: str, shared: bool, package: bool
) -> None:
    lists = {
        "uv-lock": LOCK.format(kind=kind, place=place),
        "pyproject-toml": '[project]\nname = "shop"\nversion = "1"\n',
    }
    assert (name(project(tmp_path, **lists)) is not None) == shared
    assert plan.decide(tmp_path, tmp_path / "manage.py").package == package


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ('[project]\nname = "shop"\ndependencies = ["django"]\n', True),
        ('[project]\nname = "shop"\ndependencies = ["django"]\n[build-system]\nrequires = []\n', True),
        ('[project]\nname = "shop"\ndynamic = ["version"]\n[build-system]\nrequires = []\n', True),
        ('[project]\nname = "shop"\ndynamic = ["dependencies"]\n[build-system]\nrequires = []\n', False),
        ('[project]\nname = "shop"\n[tool.uv.sources]\nshop = { path = "shop" }\n', False),
    ],
)
def test_what_a_pyproject_needs_is_shared_where_it_says_so_itself(tmp_path: Path, text: str, shared: bool) -> None:
    assert (name(project(tmp_path, **{"pyproject-toml": text})) is not None) == shared


def test_a_copy_of_an_environment_is_one_of_its_own(tmp_path: Path) -> None:
    old, new = Venv(path=tmp_path / "old", paths=PATHS), Venv(path=tmp_path / "new", paths=PATHS)
    module = old.path / "lib/python3/site-packages/django/__init__.py"
    script, python = old.path / "bin/gunicorn", old.path / "bin/python"
    for path in (module, script):
        path.parent.mkdir(parents=True, exist_ok=True)
    module.write_text("")
    script.write_text(f"#!{python}\n")
    script.chmod(0o755)
    python.symlink_to("/usr/bin/python3")
    new.copy(old)
    assert (new.path / module.relative_to(old.path)).samefile(module), "linked, not copied"
    copied = new.path / "bin/gunicorn"
    assert (copied.read_text(), copied.stat().st_mode & 0o777) == (f"#!{new.python}\n", 0o755)
    assert script.read_text() == f"#!{python}\n", "the other one stays as it is"
    assert new.python.is_symlink()


def test_a_list_as_windows_writes_it_is_left_to_uv(tmp_path: Path) -> None:
    folder = project(tmp_path, **{"requirements-txt": ""})
    (folder / "requirements.txt").write_text("django==5.2.19\n", encoding="utf-16")
    assert name(folder) is None
