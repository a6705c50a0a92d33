"""What is in service when an activation ends well, ends badly, or does not end."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path

import pytest
from slipway_host import activate, cli, colours, history
from slipway_host.environment import parse
from slipway_host.errors import Failure
from slipway_host.paths import Paths

from tests.host import host_standins
from tests.host.host_standins import GIVEN, FileServices


def serves(paths: Paths, services: FileServices, name: str) -> None:
    """Asserts that this release serves, alone, and is what boots."""
    live = colours.live(paths)
    assert live is not None
    assert colours.wears(paths, live).release == name
    assert parse(paths.environment(live).read_text())["SLIPWAY_BASE_SETTINGS"] == "site"
    assert services.marked("active") == {live}
    assert services.marked("enabled") == {live}


def test_the_first_release_goes_to_blue_and_the_next_to_green(root: Path) -> None:
    paths, services = host_standins.host(root)
    for name, colour in [("r1", "blue"), ("r2", "green"), ("r3", "blue")]:
        host_standins.prepared(paths, name)
        activate.activate(paths, services, name, "d1", GIVEN)
        assert colours.live(paths) == colour
        serves(paths, services, name)
    assert [(entry.release, entry.before) for entry in history.read(paths)] == [
        ("r1", None),
        ("r2", "r1"),
        ("r3", "r2"),
    ]


def test_the_same_release_and_configuration_is_not_started_again(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    activate.activate(paths, services, "r1", "d1", GIVEN)
    activate.activate(paths, services, "r1", "d1", GIVEN)
    assert services.calls == ["start blue"]
    activate.activate(paths, services, "r1", "d2", GIVEN + 'TOKEN="new-token"\n')
    assert services.calls == ["start blue", "start green"], "another configuration goes through the same switch"
    serves(paths, services, "r1")


def test_a_stopped_service_is_started_by_activating_what_is_live(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    activate.activate(paths, services, "r1", "d1", GIVEN)
    services.stop("blue")
    activate.activate(paths, services, "r1", "d1", GIVEN)
    serves(paths, services, "r1")


def test_static_files_of_both_releases_lie_side_by_side(root: Path) -> None:
    paths, services = host_standins.host(root)
    for name in ("r1", "r2"):
        host_standins.prepared(paths, name)
        activate.activate(paths, services, name, "d1", GIVEN)
    assert sorted(path.name for path in paths.static.iterdir()) == ["r1.css", "r2.css"]
    assert sorted(path.name for path in paths.manifests.iterdir()) == [*("r1.files", "r1.json", "r2.files", "r2.json")]


def with_a_script(paths: Paths, name: str, text: str) -> None:
    """Prepares a release whose static files include app.js."""
    host_standins.prepared(paths, name)
    python = paths.release(name) / "venv/bin/python"
    python.write_text(python.read_text() + f"echo {text} > $SLIPWAY_STATIC_ROOT/app.js\n")


def test_a_plain_name_means_the_file_of_the_release_that_is_live(root: Path) -> None:
    paths, services = host_standins.host(root)
    for name in ("r1", "r2"):
        with_a_script(paths, name, name)
    activate.activate(paths, services, "r1", "d1", GIVEN)
    services.refuse = "Error: slipway: GET / answered 500 Server Error\n"
    with pytest.raises(Failure):
        activate.activate(paths, services, "r2", "d1", GIVEN)
    assert (paths.static / "app.js").read_text() == "r1\n", "r2 does not serve"
    services.refuse = ""
    activate.activate(paths, services, "r2", "d1", GIVEN)
    assert (paths.static / "app.js").read_text() == "r2\n"
    assert not paths.staging.exists()
    assert {path.name for path in paths.static.iterdir()} == {"app.js", "r1.css", "r2.css"}


def test_what_waits_of_a_refused_release_is_not_published_by_the_next(root: Path) -> None:
    paths, services = host_standins.host(root)
    for name, text in (("r1", "same"), ("r2", "other"), ("r3", "same")):
        with_a_script(paths, name, text)
    activate.activate(paths, services, "r1", "d1", GIVEN)
    services.refuse = "Error: slipway: GET / answered 500 Server Error\n"
    with pytest.raises(Failure):
        activate.activate(paths, services, "r2", "d1", GIVEN)
    services.refuse = ""
    activate.activate(paths, services, "r3", "d1", GIVEN)
    assert (paths.static / "app.js").read_text() == "same\n"


def test_the_environment_file_is_for_root_only_and_what_manage_py_sets_gives_way(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    file = paths.release("r1") / "release.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "environment": {"TOKEN": "of-manage", "MODE": "x"}}))
    activate.activate(paths, services, "r1", "d1", GIVEN + 'TOKEN="configured"\n')
    assert paths.environment("blue").stat().st_mode & 0o777 == 0o600
    values = parse(paths.environment("blue").read_text())
    assert (values["TOKEN"], values["MODE"]) == ("configured", "x")


def test_the_role_that_migrates_is_for_the_steps_alone(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1", candidates=("site.production", "site"))
    served, migrates = "postgresql://app:of-the-app@db/app", "postgresql://app_owner:of-the-owner@db/app"
    given = GIVEN + f'DATABASE_URL="{served}"\nSLIPWAY_MIGRATION_URL="{migrates}"\n'
    activate.activate(paths, services, "r1", "d1", given)
    folder = paths.release("r1")
    step = (folder / "slipway_production.step.environment").read_text()
    assert f"DATABASE_URL={migrates}\n" in step and "of-the-app" not in step and "SLIPWAY_MIGRATION_URL" not in step
    trial = (folder / "slipway_production.trial.environment").read_text()
    assert f"DATABASE_URL={served}\n" in trial and "of-the-owner" not in trial
    values = parse(paths.environment("blue").read_text())
    assert values["DATABASE_URL"] == served and "SLIPWAY_MIGRATION_URL" not in values
    holding = [path for path in root.rglob("*") if path.is_file() and "of-the-owner" in path.read_text(errors="ignore")]
    assert holding == [folder / "slipway_production.step.environment"], "that one is the stand-in's own"


def test_another_password_of_the_role_that_migrates_restarts_nothing(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    for password in ("first", "second"):
        activate.activate(
            paths, services, "r1", "d1", GIVEN + f'SLIPWAY_MIGRATION_URL="postgresql://o:{password}@db/app"\n'
        )
    assert services.calls == ["start blue"]


@pytest.mark.parametrize("refusal", ["step", "start"])
def test_a_release_that_fails_leaves_everything_as_it_was(root: Path, refusal: str) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    activate.activate(paths, services, "r1", "d1", GIVEN)
    report = '{"failed": "collectstatic", "error": "E: a-key-that-is-secret"}'
    host_standins.prepared(paths, "r2", report if refusal == "step" else '{"failed": null}')
    services.refuse = "Error: slipway: GET / answered 500 Server Error for a-key-that-is-secret\n"
    with pytest.raises(Failure) as failure:
        activate.activate(paths, services, "r2", "d2", GIVEN)
    assert (
        failure.value.sentence
        == {
            "step": "The step collectstatic failed (E: [SECRET_KEY]). Release r1 is still serving.",
            "start": "The release does not start: GET / answered 500 Server Error for [SECRET_KEY]. "
            "Release r1 is still serving.",
        }[refusal]
    )
    assert "secret" not in failure.value.output
    serves(paths, services, "r1")
    assert not paths.colour("green").is_symlink() and not paths.environment("green").exists()


def test_what_a_step_says_is_said_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1", '{"failed": "collectstatic", "error": "E"}')
    with (paths.release("r1") / "venv/bin/python").open("a") as python:
        python.write("echo Traceback\n")
    with pytest.raises(Failure) as failure:
        activate.activate(paths, services, "r1", "d1", GIVEN)
    assert (capsys.readouterr().out + failure.value.output).count("Traceback") == 1


def test_a_release_that_was_never_prepared_is_refused(root: Path) -> None:
    paths, services = host_standins.host(root)
    with pytest.raises(Failure, match=r"^Release r9 is not complete on this host: prepare it first\.$"):
        activate.activate(paths, services, "r9", "d1", GIVEN)


def test_production_settings_beside_those_named_are_preferred_where_they_load(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1", candidates=("site.production", "site.dev"))
    activate.activate(paths, services, "r1", "d1", GIVEN)
    assert parse(paths.environment("blue").read_text())["SLIPWAY_BASE_SETTINGS"] == "site.production"


def test_a_release_that_is_ready_and_then_ends_is_refused_before_the_old_one_is_stopped(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    activate.activate(paths, services, "r1", "d1", GIVEN)
    host_standins.prepared(paths, "r2")
    services.unsteady = True
    services.stopped.clear()
    with pytest.raises(Failure) as failure:
        activate.activate(paths, services, "r2", "d1", GIVEN)
    assert failure.value.sentence == ("The release does not start: Worker failed to boot. Release r1 is still serving.")
    assert set(services.stopped) == {"green"}
    serves(paths, services, "r1")


def test_two_releases_at_once_go_live_one_after_the_other(root: Path) -> None:
    paths, services = host_standins.host(root)
    names = ("r1", "r2", "r3", "r4")
    for name in names:
        host_standins.prepared(paths, name)
    children = []
    for name in names:
        child = os.fork()
        if child == 0:
            sys.stdin = io.StringIO(GIVEN)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(cli.main(["activate", "--release", name, "--config-digest", "d1"], paths, services))
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0, 0]
    entries = history.read(paths)
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    assert [entry.before for entry in entries] == [None, *(entry.release for entry in entries[:-1])]
    serves(paths, services, entries[-1].release)


def fill(disk: Path) -> Path:
    """Takes all that is left of it."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    return filler


class LastBytes(FileServices):
    """Units whose enabling takes what was left of the disk."""

    def boot(self, colour: str, wanted: bool) -> None:
        super().boot(colour, wanted)
        if wanted:
            fill(self.folder.parent)


def test_a_disk_that_is_full_once_the_release_runs_leaves_one_release_serving(small_disk: Path) -> None:
    paths, services = host_standins.host(small_disk)
    host_standins.prepared(paths, "r1")
    activate.activate(paths, services, "r1", "d1", GIVEN)
    host_standins.prepared(paths, "r2")
    with pytest.raises(OSError, match="No space left"):
        activate.activate(paths, LastBytes(services.folder), "r2", "d1", GIVEN)
    serves(paths, services, "r1")
    (small_disk / "filler").unlink()
    activate.activate(paths, services, "r2", "d1", GIVEN)
    serves(paths, services, "r2")
    assert [entry.kind for entry in history.read(paths)] == ["release", "refused", "release"]


def test_a_full_disk_refuses_a_release_and_the_old_one_serves(
    small_disk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, services = host_standins.host(small_disk)
    host_standins.prepared(paths, "r1")
    activate.activate(paths, services, "r1", "d1", GIVEN)
    host_standins.prepared(paths, "r2")
    monkeypatch.setattr("sys.stdin", io.StringIO(GIVEN))
    filler = fill(small_disk)
    assert cli.main(["activate", "--release", "r2", "--config-digest", "d1"], paths, services) == 1
    assert "slipway-host: The disk of this host is full" in capsys.readouterr().err
    serves(paths, services, "r1")
    filler.unlink()
    activate.activate(paths, services, "r2", "d1", GIVEN)
    serves(paths, services, "r2")
