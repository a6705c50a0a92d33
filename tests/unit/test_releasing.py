"""What can be known to be wrong with the rules of releases, and with what runs beside the site."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.unit.test_settings import findings, settings


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"health_path": "health"}, "healthPath is 'health'; give a path of the site like / or /health/."),
        ({"health_path": "/a b"}, "healthPath is '/a b'; give a path of the site like / or /health/."),
        ({"health_path": "/$uri;"}, "healthPath is '/$uri;'; give a path of the site like / or /health/."),
        ({"watch_seconds": -1}, "watchSeconds is -1; give 0 to 600 seconds."),
        ({"watch_seconds": 601}, "watchSeconds is 601; give 0 to 600 seconds."),
        ({"watch_max_p99_ms": 0}, "watchMaxP99Ms is 0; give milliseconds, such as 2000."),
        (
            {"keep_releases": 1},
            "keepReleases is 1; give 2 or more: the live one and one to go back to.",
        ),
        (
            {"accept_migrations": ["0007_remove"]},
            "acceptMigrations has '0007_remove'; write app label and migration, like shop.0007_remove_legacy.",
        ),
        (
            {"accept_migrations": [7]},
            "acceptMigrations has 7; write app label and migration, like shop.0007_remove_legacy.",
        ),
        (
            {"processes": {"Mail": "celery"}},
            "processes has 'Mail', which cannot name a unit; use small letters, digits and hyphens, at most 40.",
        ),
        ({"processes": {"mail": " "}}, "processes.mail is no command; write it like 'celery -A mysite worker'."),
        ({"processes": {"mail": 7}}, "processes.mail is no command; write it like 'celery -A mysite worker'."),
        (
            {"schedule": {"clear": {"command": "manage.py clearsessions"}}},
            "schedule.clear needs command and calendar, such as command: manage.py clearsessions and calendar: daily "
            "(systemd's OnCalendar).",
        ),
        (
            {"schedule": {"clear": "daily"}},
            "schedule.clear needs command and calendar, such as command: manage.py clearsessions and calendar: daily "
            "(systemd's OnCalendar).",
        ),
        (
            {"processes": {"x": "a"}, "schedule": {"x": {"command": "b", "calendar": "daily"}}},
            "processes.x is also in schedule; name them differently.",
        ),
        (
            {"processes": {"mail": "celery -A 'mysite worker"}},
            'processes.mail is "celery -A \'mysite worker", whose quotes do not match; close each of them.',
        ),
        (
            {"processes": {"mail": "manage.py a && manage.py b"}},
            "processes.mail has '&&', which only a shell would know, and none reads it; use a command of manage.py.",
        ),
        (
            {"processes": {"mail": "LEVEL=2 celery -A mysite worker"}},
            "processes.mail has 'LEVEL=2', which only a shell would know, and none reads it; use a command of "
            "manage.py.",
        ),
        (
            {"schedule": {"clear": {"command": "manage.py clearsessions > /dev/null", "calendar": "daily"}}},
            "schedule.clear.command has '>', which only a shell would know, and none reads it; use a command "
            "of manage.py.",
        ),
        (
            {"schedule": {"clear": {"command": "manage.py clearsessions", "calendar": "*/5 * * * *"}}},
            "schedule.clear.calendar is '*/5 * * * *', which is cron's; write it as systemd's OnCalendar, like hourly "
            "or *:0/15.",
        ),
        (
            {"schedule": {"clear": {"command": "manage.py clearsessions", "calendar": "every day"}}},
            "schedule.clear.calendar is 'every day', which is no OnCalendar of systemd; write it like daily or "
            "Mon..Fri 06:30.",
        ),
        ({"secret_key_generation": 0}, "secretKeyGeneration is 0; give 1 or more, and raise it by one to rotate."),
        (
            {"database_password_generation": 0},
            "databasePasswordGeneration is 0; give 1 or more, and raise it by one to rotate.",
        ),
        ({"media_volume_gb": 0}, "mediaVolumeGb is 0; give 1 to 16384 GiB."),
        (
            {"processes": {f"p{number}": "sleep 1" for number in range(10)}},
            "workers is 3 and processes has 10, which needs about 2700 MiB while a release is switched, and t4g.small "
            "has 2048; lower workers or take a larger instanceType.",
        ),
    ],
)
def test_a_rule_that_cannot_work_is_named_with_its_key(changes: dict[str, Any], finding: str) -> None:
    assert findings(**changes) == [f"slipway:{finding}"]


def test_what_works_is_left_alone() -> None:
    assert (
        findings(
            health_path="/health/",
            watch_seconds=0,
            accept_migrations=["shop.0007_remove_legacy"],
            processes={"mail": "celery -A mysite worker"},
            schedule={"clear": {"command": "manage.py clearsessions", "calendar": "*-*-* 03:00:00"}},
        )
        == []
    )


def test_the_rules_are_those_of_the_settings() -> None:
    rules = settings(watch_seconds=9, keep_releases=3).rules()
    assert (rules.domain, rules.watch_seconds, rules.keep_releases) == ("www.example.org", 9, 3)


@pytest.mark.parametrize(
    "calendar",
    ["daily", "*:0/15", "Mon..Fri 06:30", "Sat,Sun 10..18:00", "*-*-1 04:00:00 Europe/Berlin", "Mon *-*~07/1", "12:30"],
)
def test_an_hour_that_systemd_takes_is_taken(calendar: str) -> None:
    assert subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, check=False).returncode == 0
    assert findings(schedule={"clear": {"command": "sh -c 'true && true'", "calendar": calendar}}) == []
