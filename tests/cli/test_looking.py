"""What `status` and `releases` show to people, and to programs."""

from __future__ import annotations

import json
import re

import pytest

from cli import terminal
from cli.commands import releases, status
from tests.cli import samples
from tests.cli.operator import Operator

AGO = re.compile(r" \(\d+ (d|h|min|s) ago\)|\x1b\[[0-9;]*m")


def plain(text: str) -> str:
    """Without the ages, which change, the colours of a terminal, and the blanks at a line's end."""
    return "\n".join(line.rstrip() for line in AGO.sub("", text).splitlines())


def test_status_tells_what_serves_and_what_is_amiss(operator: Operator) -> None:
    operator.host_says(json.dumps(samples.STATUS))
    run = operator.slipway("status")
    assert run.code == 0
    assert (
        plain(run.out)
        == """\
site         https://www.example.org/
live         58a868fa6a11 (green) since 2026-11-22 10:00
note         EMAIL_BACKEND prints mails to the journal instead of sending them
idle         1a9c00000000 (blue)
last         release 3 2026-11-22 10:00: 214 requests, 0 failed, longest 31 ms
held         bad000000000 since 2026-11-22 09:00 by ann@desk: 12 of 214 requests failed
unit         app@green.service active since 2026-11-22 10:00
unit         nginx.service failed
disk         12.0 of 20.0 GiB free
certificate  58 days left"""
    )


def test_status_for_programs_is_what_the_host_says(operator: Operator) -> None:
    operator.host_says(json.dumps(samples.STATUS))
    assert json.loads(operator.slipway("status", "--json").out) == samples.STATUS


@pytest.mark.parametrize("live", [None, {**samples.STATUS["live"], "active": False}], ids=["nothing", "stopped"])
def test_status_fails_where_nothing_serves(operator: Operator, live: object) -> None:
    operator.host_says(json.dumps({**samples.STATUS, "live": live}))
    assert operator.slipway("status").code == 1


def test_what_is_wrong_is_red() -> None:
    seen = {
        **samples.STATUS,
        "live": {**samples.STATUS["live"], "active": False},
        "disk": {"free_bytes": 2**30, "total_bytes": 20 * 2**30},
        "certificate_days": 5,
    }
    red = [name for name, cell in status.rows(seen) if isinstance(cell, tuple) and "red" in cell[1]]
    assert red == ["live", "unit", "disk", "certificate"]


def test_what_goes_on_meanwhile_is_told() -> None:
    rows = dict(status.rows({**samples.STATUS, "maintenance": True, "busy": "activate of release r2 (process 7)"}))
    assert rows["maintenance"] == ("on: visitors get a 503 page", "yellow")
    assert rows["busy"] == ("activate of release r2 (process 7)", "yellow")


def test_the_last_activation_says_why_it_does_not_serve() -> None:
    rows = dict(status.rows({**samples.STATUS, "last": samples.TAKEN_BACK}))
    assert plain(str(rows["last"])) == "taken back 2 2026-11-22 10:00: 12 of 214 requests failed"


def test_a_host_before_its_first_release_has_a_status() -> None:
    new = {**samples.STATUS, "live": None, "idle": None, "last": None, "held": [], "units": [], "disk": None}
    assert [name for name, _ in status.rows({**new, "certificate_days": None})] == [
        "site",
        "live",
        "disk",
        "certificate",
    ]


def test_releases_shows_what_visitors_felt_and_why_one_was_taken_back(operator: Operator) -> None:
    operator.host_says(json.dumps([samples.RELEASE, samples.TAKEN_BACK]))
    run = operator.slipway("releases")
    assert run.code == 0
    lines = [re.split(r" {2,}", line) for line in plain(run.out).splitlines()]
    assert lines == [
        ["", "when", "release", "what", "took", "requests", "failed", "p50", "p99", "longest", "notes"],
        [
            *("3", "2026-11-22 10:00", "58a868fa6a11 (green)", "release, live", "4.2 s", "214", "0"),
            *("2 ms", "11 ms", "31 ms", "shop.0002_price (additive)"),
        ],
        [
            *("2", "2026-11-22 10:00", "bad000000000 (blue)", "taken back", "4.2 s", "214", "12"),
            *("2 ms", "11 ms", "31 ms", "12 of 214 requests failed; by ann@desk"),
        ],
    ]


def test_a_release_that_was_not_measured_has_no_figures() -> None:
    assert releases.row({**samples.RELEASE, "measured": None})[5:10] == [""] * 5


def test_many_migrations_are_counted() -> None:
    applied = [{"name": f"shop.{number:04}", "class": "additive"} for number in range(4)]
    assert releases.notes({**samples.RELEASE, "migrations": applied}) == "4 migrations (additive)"


def test_brackets_of_a_reason_are_no_markup(operator: Operator) -> None:
    operator.host_says(json.dumps([{**samples.TAKEN_BACK, "reason": "[red]the database[/] :smile:"}]))
    assert "[red]the database[/] :smile:" in operator.slipway("releases").out


def test_nothing_is_coloured_in_a_pipe(operator: Operator) -> None:
    operator.host_says(json.dumps(samples.STATUS))
    assert "\x1b" not in operator.slipway("status").out


@pytest.mark.parametrize(
    ("seconds", "text"), [(-3, "0 s ago"), (119, "119 s ago"), (180, "3 min ago"), (7300, "2 h ago"), (1e6, "12 d ago")]
)
def test_ages_are_told_in_one_unit(seconds: float, text: str) -> None:
    assert terminal.ago(seconds) == text


def narrow(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))


def test_a_terminal_too_narrow_for_a_table_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow(monkeypatch, 60)
    terminal.table(releases.COLUMNS, [releases.row(each) for each in (samples.RELEASE, samples.TAKEN_BACK)])
    assert (
        plain(capsys.readouterr().out)
        == """\
3  when 2026-11-22 10:00
    release 58a868fa6a11 (green)  what release, live
    took 4.2 s  requests 214  failed 0  p50 2 ms  p99 11 ms
    longest 31 ms  notes shop.0002_price (additive)
2  when 2026-11-22 10:00
    release bad000000000 (blue)  what taken back  took 4.2 s
    requests 214  failed 12  p50 2 ms  p99 11 ms
    longest 31 ms
    notes 12 of 214 requests failed; by ann@desk"""
    )


def test_a_last_column_breaks_where_there_is_room_for_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow(monkeypatch, 40)
    terminal.table(["name", "meaning"], [["hours", "hours of the month that the stack exists"]])
    assert plain(capsys.readouterr().out).splitlines()[1:] == [
        "hours  hours of the month that the stack",
        "       exists",
    ]
