"""slipway-host migrations: what a prepared release would do to the database."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from slipway_host import activate, cli
from slipway_host.paths import Paths

from tests.host import host_standins
from tests.host.host_standins import GIVEN, FileServices

ADDED = {"name": "shop.0007_note", "class": "additive", "safe_back": True, "why": "adds the column shop_order.note"}
DROPPED = {"name": "shop.0008_drop", "class": "destructive", "safe_back": False, "why": "drops the table shop_old"}
BOTH = json.dumps({"failed": None, "migrations": [ADDED, DROPPED]})


def asked(paths: Paths, services: FileServices, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    cli.main(["migrations", *arguments], paths, services)
    said = capsys.readouterr()
    return said.out + said.err


def served(root: Path) -> tuple[Paths, FileServices]:
    """A host on which r1 serves, and r2, with two migrations, is prepared."""
    paths, services = host_standins.host(root)
    host_standins.prepared(paths, "r1", '{"failed": null, "migrations": []}')
    activate.activate(paths, services, "r1", "d1", GIVEN + 'DATABASE_URL="postgresql://app:pw-of-app@db/app"\n')
    host_standins.prepared(paths, "r2", BOTH)
    os.utime(paths.release("r1") / "release.json", (0, 0))
    return paths, services


def test_the_release_prepared_last_says_what_it_would_apply(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = served(root)
    assert asked(paths, services, capsys) == (
        "release r2 would apply:\n"
        "  shop.0007_note  additive: adds the column shop_order.note\n"
        "  shop.0008_drop  destructive (waits for acceptMigrations; going back is not safe): drops the table shop_old\n"
    )
    environment = (paths.release("r2") / "slipway_production.pending.environment").read_text()
    assert "DATABASE_URL=postgresql://app:pw-of-app@db/app\n" in environment, "the database that the live release has"
    assert "SLIPWAY_BASE_SETTINGS=site\n" in environment


def test_programs_get_it_as_json_with_what_is_accepted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = served(root)
    paths.rules.write_text(json.dumps({"accept_migrations": ["shop.0008_drop"]}))
    assert json.loads(asked(paths, services, capsys, "--json")) == {
        "release": "r2",
        "pending": [{**ADDED, "accepted": False}, {**DROPPED, "accepted": True}],
    }


def test_a_release_that_was_there_already_is_the_last_one_once_it_is_asked_for_again(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths, services = served(root)
    os.utime(paths.release("r2") / "release.json", (0, 0))
    assert cli.main(["prepare", "--release", "r1", "--archive", "r1.tar.gz"], paths, services) == 0
    assert asked(paths, services, capsys) == "release r1: no migration is pending\n"


def test_a_variable_that_reads_like_a_word_of_the_report_hides_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths, services = served(root)
    activate.activate(paths, services, "r1", "d1", GIVEN + 'APP="shop"\nMODE="destructive"\nROLE="serves"\n')
    paths.rules.write_text(json.dumps({"accept_migrations": ["shop.0008_drop"]}))
    assert asked(paths, services, capsys).splitlines()[2] == (
        "  shop.0008_drop  destructive (going back is not safe): drops the table [APP]_old"
    )


def test_another_release_is_asked_by_its_name(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = served(root)
    assert asked(paths, services, capsys, "--release", "r1") == "release r1: no migration is pending\n"
    assert asked(paths, services, capsys, "--release", "r9") == (
        "slipway-host: Release r9 is not complete on this host: prepare it first.\n"
    )


def test_a_project_that_cannot_say_is_one_sentence(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = served(root)
    host_standins.prepared(paths, "r3", '{"failed": "pending", "error": "OperationalError: no pw-of-app"}')
    assert asked(paths, services, capsys, "--release", "r3") == (
        "slipway-host: The pending migrations of release r3 cannot be read (OperationalError: no [DATABASE_URL]): "
        "correct what it names.\n"
    )


def test_before_the_first_release_nobody_knows_the_database(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, services = host_standins.host(root)
    assert asked(paths, services, capsys) == (
        "slipway-host: No release is live on this host: nothing says yet where the database is.\n"
    )
