"""What a release does to the world before it serves: check, collectstatic, migrate, in one process.

Run by the host as `python -m slipway_production.step REPORT_FD`. What it says on its output is for people;
what it writes to the descriptor is for the host, one JSON object: {"failed": step, "error": …, "migration": …}.
"""

from __future__ import annotations

import io
import os
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.core import checks
from django.core.files.storage import Storage
from django.core.management import call_command
from django.db import connections

from slipway_production import report
from slipway_production.advice import advice
from slipway_production.advisory import only_one

NO_DATABASE = "django.db.backends.dummy"
APPLYING = re.compile(r"Applying (\S+?)\.\.\.")


class Blocked(Exception):
    """System checks found an ERROR."""


class Tee(io.StringIO):
    """Shows a command's output as it comes, and keeps it."""

    def write(self, text: str) -> int:
        sys.stdout.write(text)
        sys.stdout.flush()
        return super().write(text)


def check(output: Tee) -> None:
    """Every system check, deployment ones included: ERROR blocks, WARNING is printed."""
    messages = [m for m in checks.run_checks(include_deployment_checks=True) if not m.is_silenced()]
    for message in sorted(messages, key=lambda message: -message.level):
        output.write(f"check: {message}\n")
    errors = [m for m in messages if m.level >= checks.ERROR]
    if errors:
        ids = ", ".join(sorted({str(m.id) for m in errors}))
        raise Blocked(f"{len(errors)} error{'s' if len(errors) > 1 else ''} ({ids}): {str(errors[0].msg).rstrip('.')}")
    output.write(f"check: {len(messages)} warnings, no error\n")


def collectstatic(output: Tee) -> None:
    """Static files, hashed, into STATIC_ROOT; says which references had no file."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    call_command("collectstatic", interactive=False, verbosity=1, skip_checks=True, stdout=output)
    storage: Storage = staticfiles_storage
    for name in sorted(getattr(storage, "missing", ())):
        output.write(f"collectstatic: no file for {name}, left as it is\n")


def migrate(output: Tee) -> None:
    """All migrations, under a lock in the database; nothing where the project has no database."""
    if connections["default"].settings_dict["ENGINE"] == NO_DATABASE:
        output.write("migrate: the project has no database\n")
        return
    with only_one(connections["default"]):
        call_command("migrate", interactive=False, verbosity=1, skip_checks=True, stdout=output)


def advise(output: Tee) -> None:
    """Notes for the operator; nothing here stops a release."""
    for sentence in advice(sys.modules[settings.SETTINGS_MODULE].project, int(os.environ.get("WEB_CONCURRENCY") or 1)):
        output.write(f"note: {sentence}\n")


STEPS: tuple[tuple[str, Callable[[Tee], None]], ...] = (
    ("advice", advise),
    ("check", check),
    # Before migrate: a failure here leaves the database as it was.
    ("collectstatic", collectstatic),
    ("migrate", migrate),
)


def main() -> dict[str, Any]:
    """Runs the steps in order and stops at the first that fails. Returns what to report."""
    output, step = Tee(), "settings"
    try:
        django.setup()
        for name, run in STEPS:
            step, output = name, Tee()
            run(output)
    except Blocked as blocked:
        return {"failed": "blocked", "error": str(blocked)}
    except BaseException as failure:
        traceback.print_exc()
        applying = APPLYING.findall(output.getvalue()) if step == "migrate" else []
        return {"failed": step, "error": report.sentence(failure), "migration": applying[-1] if applying else None}
    return {"failed": None}


if __name__ == "__main__":
    outcome = main()
    report.send(int(sys.argv[1]), **outcome)
    sys.exit(1 if outcome["failed"] else 0)
