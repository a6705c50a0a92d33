"""The way back: to what served before, with the configuration it had, and what may go live afterwards."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from slipway_host import activations, cli, colours, history, release, status
from slipway_host.activate import activate
from slipway_host.environment import parse
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.rollback import rollback

from tests.host import host_standins
from tests.host.host_standins import GIVEN, FileServices

UNSAFE = (
    '{"failed": null, "applied": [{"name": "shop.0007_drop", "class": "destructive", "safe_back": false, '
    '"why": "the code before reads shop_item.legacy"}]}'
)


def served(root: Path, *names: str, reports: str = '{"failed": null}') -> tuple[Paths, FileServices]:
    """A host on which these releases went live one after the other; the last of them reported `reports`."""
    paths, services = host_standins.host(root)
    for name in names:
        host_standins.prepared(paths, name, reports if name == names[-1] else '{"failed": null}')
        activate(paths, services, name, "d1", GIVEN)
    return paths, services


def back(paths: Paths, services: FileServices, name: str | None = None, force: bool = False) -> None:
    rollback(paths, services, name, force=force, by="ada", reason="slow pages")


def live(paths: Paths) -> str | None:
    return colours.wears(paths, colours.live(paths)).release


def test_the_release_before_serves_again_on_the_other_colour(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    back(paths, services)
    assert (live(paths), colours.live(paths)) == ("r1", "blue")
    assert services.marked("active") == services.marked("enabled") == {"blue"}
    last = history.read(paths)[-1]
    assert (last.number, last.kind, last.release, last.before) == (3, "rollback", "r1", "r2")
    assert (last.by, last.reason) == ("ada", "slow pages")


def test_going_back_twice_goes_back_further_and_not_forth(root: Path) -> None:
    paths, services = served(root, "r1", "r2", "r3")
    back(paths, services)
    assert live(paths) == "r2"
    back(paths, services)
    assert live(paths) == "r1"
    with pytest.raises(Failure, match=r"^There is no release before r1 to go back to\.$"):
        back(paths, services)


def test_a_release_can_be_named(root: Path) -> None:
    paths, services = served(root, "r1", "r2", "r3")
    back(paths, services, "r1")
    assert live(paths) == "r1"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("r9", "Release r9 cannot be gone back to: it never served, or is no longer kept. There are: r1."),
        ("r2", "Release r2 is live, and there is no other configuration of it to go back to."),
    ],
)
def test_what_cannot_be_gone_back_to_is_a_sentence(root: Path, name: str, sentence: str) -> None:
    paths, services = served(root, "r1", "r2")
    with pytest.raises(Failure) as failure:
        back(paths, services, name)
    assert failure.value.sentence == sentence
    assert live(paths) == "r2"


def test_without_a_release_there_is_no_way_back(root: Path) -> None:
    paths, services = host_standins.host(root)
    with pytest.raises(Failure, match=r"^No release is live on this host: there is nothing to go back from\.$"):
        back(paths, services)


def test_its_configuration_comes_back_and_credentials_stay_those_of_today(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    activate(paths, services, "r1", "d1", GIVEN + 'DATABASE_URL="of-yesterday"\nCOLOUR="red"\n')
    activate(paths, services, "r1", "d2", GIVEN + 'DATABASE_URL="of-today"\nCOLOUR="grey"\n')
    back(paths, services)
    values = parse(paths.environment("blue").read_text())
    assert (values["COLOUR"], values["DATABASE_URL"]) == ("red", "of-today")
    assert values[activations.DIGEST] == "d2", "it has read the files that are on the host now"


def test_what_was_taken_back_does_not_go_live_again_unnoticed(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    back(paths, services)
    for change in ("", 'WORKERS="5"\n'):
        with pytest.raises(Failure) as failure:
            activate(paths, services, "r2", "d1", GIVEN + change)
        held = json.loads(paths.held.read_text())[0]
        assert failure.value.sentence == (
            f"Release r2 is held since {held['at']}, when it was taken back by ada (slow pages): change the source, or "
            "let it go live again with `slipway allow r2 -s STACK`."
        )
    assert live(paths) == "r1"


def test_new_source_goes_live_and_the_bad_one_stays_held(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    back(paths, services)
    host_standins.prepared(paths, "r3")
    activate(paths, services, "r3", "d1", GIVEN)
    assert live(paths) == "r3"
    with pytest.raises(Failure, match=r"^Release r2 is held since"):
        activate(paths, services, "r2", "d1", GIVEN)
    back(paths, services)
    assert live(paths) == "r1", "a held release is passed over on the way back"


def test_the_old_source_again_is_live_already(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = served(root, "r1", "r2")
    back(paths, services)
    starts = len(services.calls)
    capsys.readouterr()
    activate(paths, services, "r1", "d1", GIVEN)
    assert capsys.readouterr().out == "activate: release r1 is live already (blue)\n"
    assert len(services.calls) == starts


def test_of_the_same_release_only_the_configuration_is_held(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    for colour in ("red", "grey"):
        activate(paths, services, "r1", "d1", GIVEN + f'COLOUR="{colour}"\n')
    back(paths, services)
    with pytest.raises(Failure, match=r"^This configuration of release r1 is held since .*: change the configuration,"):
        activate(paths, services, "r1", "d1", GIVEN + 'COLOUR="grey"\n')
    activate(paths, services, "r1", "d1", GIVEN + 'COLOUR="green"\n')
    assert parse(paths.environment("green").read_text())["COLOUR"] == "green"


def test_rotated_credentials_do_not_let_a_held_configuration_through(root: Path) -> None:
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1")
    for colour in ("red", "grey"):
        activate(paths, services, "r1", "d1", GIVEN + f'COLOUR="{colour}"\nDATABASE_URL="first"\n')
    back(paths, services)
    with pytest.raises(Failure, match=r"^This configuration of release r1 is held since"):
        activate(paths, services, "r1", "d1", GIVEN + 'COLOUR="grey"\nDATABASE_URL="second"\n')


def test_an_allowed_release_can_go_live_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = served(root, "r1", "r2")
    back(paths, services)
    with pytest.raises(Failure, match=r"^Release r2 is held since"):
        back(paths, services, "r2")
    assert cli.main(["allow", "r2"], paths, services) == 0
    back(paths, services, "r2")
    assert live(paths) == "r2"
    assert cli.main(["allow", "r2"], paths, services) == 1
    assert capsys.readouterr().err == (
        "slipway-host: Release r2 is not held on this host: nothing keeps it from going live.\n"
    )


def test_a_migration_that_the_old_code_cannot_live_with_bars_the_way_unless_forced(root: Path) -> None:
    paths, services = served(root, "r1", "r2", reports=UNSAFE)
    with pytest.raises(Failure) as failure:
        back(paths, services)
    assert failure.value.sentence == (
        "Going back to release r1 is not safe: the migration shop.0007_drop has been applied since (the code before "
        "reads shop_item.legacy). Release a correction instead, or go back all the same with --force."
    )
    assert live(paths) == "r2"
    back(paths, services, force=True)
    assert live(paths) == "r1"
    host_standins.prepared(paths, "r3")
    activate(paths, services, "r3", "d1", GIVEN)
    with pytest.raises(Failure, match=r"^Going back to release r1 is not safe"):
        back(paths, services)


def test_a_migration_of_a_release_that_was_refused_counts_too(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    host_standins.prepared(paths, "r3", UNSAFE)
    services.refuse = "Error: slipway: GET / answered 500 Server Error\n"
    with pytest.raises(Failure) as failure:
        activate(paths, services, "r3", "d1", GIVEN)
    assert failure.value.sentence.endswith(
        "Release r2 is still serving. It may fail, since shop.0007_drop the code before reads shop_item.legacy."
    )
    services.refuse = ""
    with pytest.raises(Failure, match=r"^Going back to release r1 is not safe: the migration shop\.0007_drop"):
        back(paths, services)


def test_a_release_whose_old_code_does_not_start_leaves_the_live_one(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    services.refuse = "Error: slipway: GET / answered 500 Server Error\n"
    with pytest.raises(Failure, match=r"^The release does not start: .* Release r2 is still serving\.$"):
        back(paths, services)
    assert live(paths) == "r2"
    assert services.marked("active") == services.marked("enabled") == {"green"}
    assert not paths.held.exists()


def test_what_was_refused_is_in_the_log_with_its_reason(root: Path) -> None:
    paths, services = served(root, "r1")
    host_standins.prepared(paths, "r2", '{"failed": "blocked", "error": "1 error (admin.E108): x"}')
    with pytest.raises(Failure):
        activate(paths, services, "r2", "d1", GIVEN)
    last = history.read(paths)[-1]
    assert (last.number, last.release, last.kind, last.before) == (2, "r2", "refused", "r1")
    assert last.reason == (
        "manage.py check --deploy finds 1 error (admin.E108): x. Correct it in the project. "
        "Release r1 is still serving."
    )
    assert not paths.activation(2).exists(), "it cannot be gone back to"
    assert paths.activation(1).stat().st_mode & 0o777 == 0o600


def test_a_night_of_tries_in_vain_leaves_the_way_back(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    for number in range(3, 300):
        entry = history.read(paths)[-1]
        history.record(paths, replace(entry, number=number, release="r3", kind=history.REFUSED))
    assert len(history.read(paths)) == 2 + history.MOST_REFUSED
    cli.main(["prune"], paths, services)
    back(paths, services)
    assert live(paths) == "r1"


def test_the_log_is_json_with_the_newest_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = served(root, "r1", "r2")
    capsys.readouterr()
    assert cli.main(["releases", "--json"], paths, services) == 0
    newest, oldest = json.loads(capsys.readouterr().out)
    assert (newest["number"], newest["release"], newest["live"]) == (2, "r2", True)
    assert (oldest["number"], oldest["release"], oldest["live"]) == (1, "r1", False)
    assert newest.keys() == {
        *("number", "release", "colour", "configuration", "before", "activated_at", "kind", "seconds", "reason", "by"),
        *("migrations", "measured", "advice", "live"),
    }
    assert newest["configuration"] == oldest["configuration"], "they were configured alike"


def test_the_state_of_the_host_is_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = served(root, "r1", "r2")
    back(paths, services)
    capsys.readouterr()
    assert cli.main(["status", "--json"], paths, services) == 0
    now = json.loads(capsys.readouterr().out)
    since = history.read(paths)[-1].activated_at
    assert now["live"] == {"release": "r1", "colour": "blue", "since": since, "active": True, "advice": []}
    assert now["idle"] == {"release": "r2", "colour": "green"}
    (held,) = now["held"]
    assert (held["release"], held["configuration"], held["reason"], held["by"]) == ("r2", None, "slow pages", "ada")
    assert (now["last"]["number"], now["busy"], now["maintenance"]) == (3, None, False)
    assert 0 < now["disk"]["free_bytes"] < now["disk"]["total_bytes"]


def test_what_was_told_of_a_release_is_in_the_state_also_after_going_back(root: Path) -> None:
    paths, services = host_standins.host(root)
    for name in ("r1", "r2"):
        advice = f"{name} prints mails to the journal"
        host_standins.prepared(paths, name, json.dumps({"failed": None, "advice": [advice]}))
        activate(paths, services, name, "d1", GIVEN)
        assert status.status(paths, services)["live"]["advice"] == [advice]
    back(paths, services)
    assert status.status(paths, services)["live"]["advice"] == ["r1 prints mails to the journal"]


def test_an_empty_host_has_a_state_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = host_standins.host(root)
    assert cli.main(["status", "--json"], paths, services) == 0
    now = json.loads(capsys.readouterr().out)
    assert (now["live"], now["idle"], now["held"], now["last"]) == (None, None, [], None)


def test_a_release_that_is_no_longer_there_is_not_gone_back_to(root: Path) -> None:
    paths, services = served(root, "r1", "r2", "r3")
    (paths.release("r2") / "release.json").unlink()
    assert release.load(paths, "r2") is None
    back(paths, services)
    assert live(paths) == "r1"


def test_a_migration_of_a_release_that_failed_half_way_counts_too(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    applied = json.loads(UNSAFE)["applied"]
    failed = {"failed": "migrate", "error": "E", "migration": None, "applied": applied}
    host_standins.prepared(paths, "r3", json.dumps(failed))
    with pytest.raises(Failure, match=r"^The step migrate failed \(E\)\. Applied before and kept: shop\.0007_drop\."):
        activate(paths, services, "r3", "d1", GIVEN)
    assert list(history.read(paths)[-1].migrations) == applied
    with pytest.raises(Failure, match=r"^Going back to release r1 is not safe: the migration shop\.0007_drop has been"):
        back(paths, services)


@pytest.mark.parametrize("outcome", ["", UNSAFE], ids=["in its midst", "at its end"])
def test_a_migration_that_was_cut_off_counts_as_applied(root: Path, outcome: str) -> None:
    paths, services = served(root, "r1", "r2")
    host_standins.prepared(paths, "r3")
    told = [json.dumps({"planned": json.loads(UNSAFE)["applied"]}), *filter(None, [outcome])]
    python = paths.release("r3") / "venv/bin/python"
    # The power goes while it migrates: the step has told what it does, and slipway-host never hears of the end.
    python.write_text("#!/bin/bash\n" + "".join(f"echo '{line}' >&$3\n" for line in told) + "kill -9 $PPID\n")
    child = os.fork()
    if child == 0:
        activate(paths, services, "r3", "d1", GIVEN)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with pytest.raises(Failure, match=r"^Going back to release r1 is not safe: the migration shop\.0007_drop"):
        back(paths, services)
    last = history.read(paths)[-1]
    assert (last.release, last.kind, last.reason) == ("r3", "refused", "It was cut off before it was live.")


def test_a_step_that_dies_while_it_migrates_is_told_with_its_plan(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    host_standins.prepared(paths, "r3", '{"planned": [{"name": "shop.0007_drop", "safe_back": false, "why": "w"}]}')
    with pytest.raises(Failure, match="the process ended by itself with code 0"):
        activate(paths, services, "r3", "d1", GIVEN)
    assert [migration["name"] for migration in history.read(paths)[-1].migrations] == ["shop.0007_drop"]
