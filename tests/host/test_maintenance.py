"""Maintenance as `slipway-host` is told of it; what visitors then get is in tests/rendered/test_maintenance_page.py."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from slipway_host import cli, maintenance
from slipway_host.paths import Paths

SINCE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def said(paths: Paths, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["maintenance", *arguments], paths) == 0
    return capsys.readouterr().out


def test_it_is_on_until_it_is_off_and_a_host_without_a_release_can_have_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = Paths(root=root)
    off = "maintenance: off, visitors reach the app\n"
    assert said(paths, capsys, "status") == off
    on = rf"maintenance: on since {SINCE}, Retry-After 60 s, visitors read: Back soon\.\n"
    assert re.fullmatch(on, said(paths, capsys, "on", "--retry-after", "60", "--message", "Back soon."))
    assert re.fullmatch(on, said(paths, capsys, "status"))
    assert said(paths, capsys, "off") == off
    assert said(paths, capsys, "off") == off
    assert not paths.maintenance.exists()


def test_other_words_do_not_make_it_begin_anew(root: Path) -> None:
    paths = Paths(root=root)
    since = maintenance.on(paths, 60, "One.").since
    paths.in_maintenance.joinpath("maintenance.json").write_text(
        json.dumps({"since": "2026-01-01T00:00:00Z", "retry_after": 60, "message": "One."})
    )
    assert re.fullmatch(SINCE, since)
    assert maintenance.on(paths, 90, "Two.") == maintenance.Maintenance(
        since="2026-01-01T00:00:00Z", retry_after=90, message="Two."
    )
    assert maintenance.current(paths) == maintenance.on(paths, 90, "Two.")


def test_a_program_reads_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = Paths(root=root)
    assert json.loads(said(paths, capsys, "status", "--json")) is None
    assert json.loads(said(paths, capsys, "on", "--json"))["retry_after"] == 300


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--retry-after", "0"], "--retry-after is 0; give seconds, 1 to 604800."),
        (["--message", " "], "--message is empty; give visitors a sentence, or leave it out."),
        (["--message", "f\udcfcr"], "--message is no UTF-8; give it from a terminal that writes UTF-8."),
    ],
)
def test_what_makes_no_page_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    paths = Paths(root=root)
    assert cli.main(["maintenance", "on", *arguments], paths) == 1
    assert capsys.readouterr().err == f"slipway-host: {sentence}\n"
    assert maintenance.current(paths) is None
