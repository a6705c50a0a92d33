"""What a release does to the world before it serves: check, collectstatic, migrate, in one process.

Run by the host as `python -m slipway_production.step REPORT_FD`. What it says on its output is for people;
what it writes to the descriptor is for the host, one JSON object: {"failed": step or null, "error": …, "applied": […]},
and what `migrating` adds to it.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

import django
from django.conf import settings
from django.core import checks
from django.core.files.storage import Storage
from django.core.management import call_command

from slipway_production import loading, report
from slipway_production.advice import advice
from slipway_production.layers import secret_key
from slipway_production.migrating.run import Refused, Run

Steps = tuple[tuple[str, Callable[[TextIO], None]], ...]


class Blocked(Exception):
    """System checks found an ERROR."""


def check(output: TextIO, told: list[str]) -> None:
    """Every system check, deployment ones included: ERROR blocks, WARNING is printed, and told of in a sentence."""
    messages = [m for m in checks.run_checks(include_deployment_checks=True) if not m.is_silenced()]
    for message in sorted(messages, key=lambda message: -message.level):
        output.write(f"check: {message}\n")
    errors = [m for m in messages if m.level >= checks.ERROR]
    ids = ", ".join(sorted({str(m.id) for m in errors or messages}))
    if errors:
        raise Blocked(f"{len(errors)} error{'s' if len(errors) > 1 else ''} ({ids}): {str(errors[0].msg).rstrip('.')}")
    output.write(f"check: {len(messages)} warnings, no error\n")
    if messages:
        told.append(f"manage.py check --deploy warns of {ids}")


def collectstatic(output: TextIO) -> None:
    """Static files, hashed, into STATIC_ROOT; says which references had no file."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    call_command("collectstatic", interactive=False, verbosity=1, skip_checks=True, stdout=output)
    storage: Storage = staticfiles_storage
    for name in sorted(getattr(storage, "missing", ())):
        output.write(f"collectstatic: no file for {name}, left as it is\n")


def advise(output: TextIO, told: list[str]) -> None:
    """Notes for the operator; nothing here stops a release."""
    project = sys.modules[settings.SETTINGS_MODULE].project
    workers = int(os.environ.get("WEB_CONCURRENCY") or 1)
    for sentence in [*advice(project, workers), *secret_key.advice(project, os.environ, django.VERSION[:3])]:
        output.write(f"note: {sentence}\n")
        told.append(sentence)


def main(descriptor: int) -> dict[str, Any]:
    """Runs the steps in order and stops at the first that fails. Returns what to report."""
    step, migrations, told = "settings", Run(), list[str]()
    loads: Steps = (("advice", partial(advise, told=told)), ("check", partial(check, told=told)))
    steps: Steps = (
        ("migrations", migrations.judge),
        # Before migrate: a failure here leaves the database as it was.
        ("collectstatic", collectstatic),
        ("plan", lambda output: report.note(descriptor, planned=[pending.report() for pending in migrations.plan])),
        ("migrate", migrations.migrate),
    )

    def take(chosen: Steps) -> None:
        nonlocal step
        for name, run in chosen:
            step = name
            run(sys.stdout)

    try:
        with loading.limited():
            django.setup()
            take(loads)
        take(steps)
    except Blocked as blocked:
        return {"failed": "blocked", "error": str(blocked)}
    except Refused as refused:
        return {"failed": "refused", "error": "", "refused": refused.migrations}
    except BaseException as failure:
        traceback.print_exc()
        where = migrations.where(failure) if step == "migrate" else {}
        return {"failed": step, "error": report.sentence(failure), "applied": migrations.applied(), **where}
    return {"failed": None, "applied": migrations.applied(), "advice": told}


if __name__ == "__main__":
    report.end(int(sys.argv[1]), **main(int(sys.argv[1])))
