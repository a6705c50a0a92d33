"""source: the same content is the same archive, and what cannot be packed is one sentence."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from source import Source, SourceError, fetch, find_manage, git, pack_folder
from source.archive import Entry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small project, with what tools put beside one."""
    root = tmp_path / "project"
    for path, text in {
        "manage.py": "#!/usr/bin/env python\n",
        "shop/settings.py": "DEBUG = True\n",
        "shop/static/logo.svg": "<svg/>",
        ".git/config": "",
        ".venv/bin/python": "",
        "env/pyvenv.cfg": "",
        "env/bin/python": "",
        "node_modules/left/index.js": "",
        "shop/__pycache__/settings.cpython-313.pyc": "",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "manage.py").chmod(0o755)
    return root


@pytest.fixture
def repository(folder: Path) -> Path:
    """The same project, committed."""
    git_in(folder, "init", "--quiet", "--initial-branch=main")
    (folder / ".gitignore").write_text("*.log\nnode_modules/\nenv/\n.venv/\n__pycache__/\n")
    commit(folder)
    return folder


def git_in(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "protocol.file.allow=always"]
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(folder: Path) -> str:
    git_in(folder, "add", "--all")
    git_in(folder, "commit", "--quiet", "--message=x")
    return git_in(folder, "rev-parse", "HEAD")


def members(source: Source) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(source.archive.path) as tar:
        return {member.name: member for member in tar}


def test_a_folder_without_git_leaves_out_what_tools_can_make_again(folder: Path) -> None:
    (folder / ".git/config").unlink()
    (folder / ".git").rmdir()
    assert sorted(members(fetch(str(folder), Path()))) == ["manage.py", "shop/settings.py", "shop/static/logo.svg"]


def test_a_git_work_tree_gives_what_is_tracked_or_could_be(repository: Path) -> None:
    (repository / "new.py").write_text("")
    (repository / "debug.log").write_text("")
    (repository / "shop/settings.py").unlink()
    assert sorted(members(fetch(str(repository), Path()))) == [
        ".gitignore",
        "manage.py",
        "new.py",
        "shop/static/logo.svg",
    ]


def test_a_folder_inside_a_work_tree_gives_its_own_files_only(repository: Path) -> None:
    (repository / "shop/manage.py").write_text("")
    assert sorted(members(fetch("shop", repository))) == ["manage.py", "settings.py", "static/logo.svg"]


def test_a_folder_that_its_work_tree_ignores_is_packed_all_the_same(repository: Path) -> None:
    (repository / "env/manage.py").write_text("")
    (repository / "env/pyvenv.cfg").unlink()
    assert sorted(members(fetch("env", repository))) == ["bin/python", "manage.py"]


def test_the_same_content_is_the_same_archive_whatever_its_times(folder: Path, tmp_path: Path) -> None:
    first = fetch(str(folder), Path())
    content = first.archive.path.read_bytes()
    first.archive.path.unlink()
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    again = fetch(str(folder), Path())
    assert again == first
    assert again.archive.path.read_bytes() == content


def test_a_commit_and_its_checkout_are_the_same_archive(repository: Path) -> None:
    assert fetch(f"file://{repository}#main", Path()).archive == fetch(str(repository), Path()).archive


def test_other_content_is_another_archive(folder: Path) -> None:
    before = fetch(str(folder), Path())
    (folder / "shop/settings.py").write_text("DEBUG = False\n")
    assert fetch(str(folder), Path()).archive.digest != before.archive.digest


def test_members_have_no_owner_no_time_and_one_of_two_modes(folder: Path) -> None:
    packed = members(fetch(str(folder), Path()))
    assert {(m.uid, m.gid, m.uname, m.gname, m.mtime) for m in packed.values()} == {(0, 0, "", "", 315532800)}
    assert {name: oct(member.mode) for name, member in packed.items()} == {
        "manage.py": "0o755",
        "shop/settings.py": "0o644",
        "shop/static/logo.svg": "0o644",
    }


def test_the_release_id_follows_the_content_and_the_choices(folder: Path) -> None:
    source = fetch(str(folder), Path())
    assert source.release("", "") == source.release("", "")
    assert len({source.release("", ""), source.release("shop.settings", ""), source.release("", "shop.settings")}) == 3


def test_nothing_half_written_is_left_in_the_cache(folder: Path) -> None:
    source = fetch(str(folder), Path())
    assert [path.name for path in source.archive.path.parent.iterdir() if not path.name.endswith(".tar.gz")] in (
        [],
        ["repositories"],
    )


def test_an_env_file_stays_behind_with_a_warning(folder: Path) -> None:
    (folder / "shop/.env").write_text("SECRET_KEY=x")
    source = fetch(str(folder), Path())
    assert "shop/.env" not in members(source)
    assert source.warnings == (
        "shop/.env stays behind, as it may hold secrets: move its values to slipway:appEnv and slipway:appSecrets.",
    )


def test_a_submodule_stays_behind_with_a_warning(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git_in(other, "init", "--quiet")
    (other / "file").write_text("")
    commit(other)
    git_in(repository, "submodule", "--quiet", "add", str(other), "lib")
    source = fetch(str(repository), Path())
    assert [name for name in members(source) if name.startswith("lib")] == []
    assert source.warnings == ("lib stays behind: it is a git repository of its own (a submodule).",)


def test_a_link_inside_the_source_is_kept_and_one_that_leads_out_is_refused(folder: Path) -> None:
    (folder / "shop/logo").symlink_to("static/logo.svg")
    assert members(fetch(str(folder), Path()))["shop/logo"].linkname == "static/logo.svg"
    (folder / "shop/out").symlink_to("../../elsewhere")
    with pytest.raises(SourceError, match=r"shop/out is a symbolic link to ../../elsewhere, out of the source"):
        fetch(str(folder), Path())
    (folder / "shop/out").unlink()
    (folder / "shop/out").symlink_to("/etc/passwd")
    with pytest.raises(SourceError, match="shop/out is a symbolic link to /etc/passwd, out of the source"):
        fetch(str(folder), Path())


@pytest.mark.parametrize(
    ("paths", "nearest"),
    [
        (["manage.py", "docs/example/manage.py"], "manage.py"),
        (["backend/manage.py", "backend/tests/project/manage.py"], "backend/manage.py"),
    ],
)
def test_the_manage_py_nearest_to_the_root_is_the_one(paths: list[str], nearest: str) -> None:
    assert find_manage([Entry(path=path) for path in paths], "x") == nearest


def test_a_source_without_manage_py_is_one_sentence(folder: Path) -> None:
    (folder / "manage.py").unlink()
    with pytest.raises(
        SourceError, match=r"slipway:appSource is '.*', and there is no manage.py in it; name the folder"
    ):
        fetch(str(folder), Path())


def test_two_projects_side_by_side_are_one_sentence() -> None:
    with pytest.raises(
        SourceError, match=r"holds 2 Django projects \(one/manage.py, two/manage.py\); name the folder of"
    ):
        find_manage([Entry(path="two/manage.py"), Entry(path="one/manage.py")], "x")


def test_a_path_that_is_not_there_or_no_folder_is_one_sentence(folder: Path) -> None:
    with pytest.raises(
        SourceError, match=r"slipway:appSource is 'nowhere', and .*/nowhere is not there; give the folder"
    ):
        fetch("nowhere", folder)
    with pytest.raises(SourceError, match=r"manage.py is a file, not a folder"):
        fetch("manage.py", folder)


@pytest.mark.parametrize("kind", ["branch", "tag", "annotated tag", "commit", "default branch"])
def test_a_ref_may_be_a_branch_a_tag_a_commit_or_nothing(repository: Path, kind: str) -> None:
    wanted = git_in(repository, "rev-parse", "HEAD")
    git_in(repository, "branch", "feature/main")
    git_in(repository, "tag", "v1")
    git_in(repository, "tag", "--annotate", "--message=x", "v2")
    ref = {"branch": "#main", "tag": "#v1", "annotated tag": "#v2", "commit": f"#{wanted}", "default branch": ""}[kind]
    expected = fetch(str(repository), Path())
    assert fetch(f"file://{repository}{ref}", Path()).archive == expected.archive


def test_a_commit_that_is_cached_needs_no_network(repository: Path) -> None:
    address, wanted = f"file://{repository}", git_in(repository, "rev-parse", "HEAD")
    first = fetch(f"{address}#{wanted}", Path())
    repository.rename(repository.parent / "gone")
    assert fetch(f"{address}#{wanted}", Path()) == first


def test_an_older_commit_of_a_branch_that_moved_on_can_be_had(repository: Path) -> None:
    older, expected = git_in(repository, "rev-parse", "HEAD"), fetch(str(repository), Path())
    (repository / "new.py").write_text("")
    commit(repository)
    assert fetch(f"file://{repository}#{older}", Path()).archive == expected.archive


def test_git_hooks_around_the_program_do_not_steer_it(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = fetch(str(repository), Path())
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_WORK_TREE", "/nonexistent")
    assert fetch(str(repository), Path()) == expected


@pytest.mark.parametrize(
    ("app_source", "sentence"),
    [
        ("{repository}#nothing", r"has no branch or tag 'nothing'; give one that it has, or a commit in full"),
        ("{repository}#" + "0" * 40, r"commit 0{40} cannot be had from file://"),
        ("file:///nonexistent.git", r"git cannot read file:///nonexistent.git: fatal: .*; check the address"),
        ("http://example.org/shop.git", r"a repository's address begins with https://"),
        ("ssh://git@example.org/shop.git", r"a repository's address begins with https://"),
        ("https://me:hunter2@example.org/shop.git", r"has a user name or password in its address"),
    ],
)
def test_an_address_that_cannot_be_read_is_one_sentence(repository: Path, app_source: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence) as stopped:
        fetch(app_source.format(repository=f"file://{repository}"), Path())
    assert "hunter2" not in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_repository_without_git_on_the_machine_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SourceError, match="slipway:appSource needs git, which is not installed; install git"):
        git.run("--version")


def test_our_own_folder_is_packed_without_what_python_leaves_in_it(folder: Path) -> None:
    archive = pack_folder(folder)
    with tarfile.open(archive.path) as tar:
        assert [name for name in tar.getnames() if "__pycache__" in name] == []
    assert archive == pack_folder(folder)
