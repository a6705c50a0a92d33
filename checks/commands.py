"""What can be known to be wrong with a command that runs beside the site, or with its hours."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

# Becomes a part of a unit's name.
UNIT = re.compile(r"[a-z][a-z0-9-]{0,39}")
SCHEDULED = {"command", "calendar"}
# What only a shell would understand, and no shell reads a command.
OPERATOR = re.compile(r"[|&;<>]+|\d?>+\S*|.*\$\(.*")
ASSIGNMENT = re.compile(r"\w+=.*")
# systemd.time(7), "Calendar Events": its short words, else weekdays, dates and times. The host asks systemd itself.
HOURS = {"minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "annually"}
CALENDAR = re.compile(r"(?=.*[\d*])[A-Za-z0-9*:.,/~_+ -]+")
CRON = re.compile(r"@\w+|[\d*][\d*/,-]*( [\w*/,?#-]+){4}")


def command_findings(processes: Mapping[str, object], schedule: Mapping[str, object]) -> Iterator[str]:
    """Findings about `processes` and `schedule`, each beginning with its key."""
    for name in sorted(processes.keys() & schedule.keys()):
        yield f"processes.{name} is also in schedule; name them differently."
    for name, command in processes.items():
        yield from _name("processes", name)
        yield from _command(f"processes.{name}", command, "celery -A mysite worker")
    for name, timer in schedule.items():
        yield from _name("schedule", name)
        yield from _timer(f"schedule.{name}", timer)


def _name(key: str, name: str) -> Iterator[str]:
    if not UNIT.fullmatch(name):
        yield f"{key} has {name!r}, which cannot name a unit; use small letters, digits and hyphens, at most 40."


def _timer(key: str, timer: object) -> Iterator[str]:
    if not isinstance(timer, Mapping) or timer.keys() != SCHEDULED or not all(map(_text, timer.values())):
        yield (
            f"{key} needs command and calendar, such as command: manage.py clearsessions and "
            "calendar: daily (systemd's OnCalendar)."
        )
        return
    yield from _command(f"{key}.command", timer["command"], "manage.py clearsessions")
    yield from _calendar(f"{key}.calendar", timer["calendar"])


def _command(key: str, command: object, example: str) -> Iterator[str]:
    if not isinstance(command, str) or not command.strip():
        yield f"{key} is no command; write it like {example!r}."
        return
    try:
        words = shlex.split(command)
    except ValueError:
        yield f"{key} is {command!r}, whose quotes do not match; close each of them."
        return
    strange = [word for word in words if OPERATOR.fullmatch(word)]
    if strange or ASSIGNMENT.fullmatch(words[0]):
        word = (strange or words)[0]
        yield f"{key} has {word!r}, which only a shell would know, and none reads it; use a command of manage.py."


def _calendar(key: str, calendar: str) -> Iterator[str]:
    if CRON.fullmatch(calendar):
        yield f"{key} is {calendar!r}, which is cron's; write it as systemd's OnCalendar, like hourly or *:0/15."
    elif calendar not in HOURS and not CALENDAR.fullmatch(calendar):
        yield f"{key} is {calendar!r}, which is no OnCalendar of systemd; write it like daily or Mon..Fri 06:30."


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
