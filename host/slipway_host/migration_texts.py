"""What is said of migrations that were refused, that failed, and that are pending. Pure: reports in, text out.

The reports are those of slipway_production.migrating.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Report = dict[str, Any]


def refused(migrations: list[Report], serves: str) -> str:
    """Destructive migrations that acceptMigrations does not name."""
    what = "; ".join(f"{migration['name']} ({migration['why']})" for migration in migrations)
    them = "it" if len(migrations) == 1 else "them"
    return (
        f"Destructive migrations wait to be accepted: {what}. Name {them} in acceptMigrations to have {them} run; "
        f"the database is as it was. {serves}"
    )


def failed(report: Report, serves: str) -> str:
    """Which operation failed, what is in the database now, and what serves."""
    applied = report.get("applied", [])
    if not report.get("migration"):
        return f"The step migrate failed ({report['error']}). {state_before(applied)} {serves}{broken(applied)}"
    sentence = f"{what_happened(report)} {state(report, applied)} {serves}{broken(applied)}"
    return f"{sentence} Run this again when that lock is gone." if report.get("lock") else sentence


def what_happened(report: Report) -> str:
    """The migration, its operation, and the error or the lock that stopped it."""
    lock = report.get("lock")
    if not lock:
        return f"The migration {report['migration']} failed {place(report)} ({report['error']})."
    tables = " and ".join(lock["tables"]) or "other transactions"
    held = f", which {' and '.join(lock['holders'])} held" if lock["holders"] else ""
    waited = f"{lock['tries']} times {lock['seconds']} s" if lock["tries"] > 1 else f"{lock['seconds']} s"
    return f"The migration {report['migration']} gave up {place(report)}: it waited {waited} for {tables}{held}."


def place(report: Report) -> str:
    if report["operation"]:
        return f"at operation {report['number']} of {report['of']}, {report['operation']}"
    if report["number"]:
        return "at its end, where Django makes the indexes and constraints that it puts off"
    return "before its first operation"


def state(report: Report, applied: list[Report]) -> str:
    """What the database is like now. Postgres takes back an atomic migration whole."""
    if report["atomic"]:
        return f"It was rolled back whole. {state_before(applied)}"
    done = report["number"] - 1 if report["operation"] else report["number"]
    kept = f", so the {counted(done, 'operation')} before stay applied" if done else ""
    half = "what failed may be half done: set that right before you deploy again."
    if report.get("index"):
        half = f"the index {report['index']} may be half built, and is then built anew when this runs again."
    return f"It is not atomic{kept}; {half} {state_before(applied) if applied else ''}".rstrip()


def state_before(applied: list[Report]) -> str:
    if not applied:
        return "The database is as it was."
    names = ", ".join(migration["name"] for migration in applied)
    return f"Applied before and kept: {names}."


def broken(applied: Sequence[Mapping[str, Any]]) -> str:
    """A warning where what stays applied is not for the release that serves."""
    unsafe = [f"{migration['name']} {migration['why']}" for migration in applied if not migration["safe_back"]]
    return f" It may fail, since {'; '.join(unsafe)}." if unsafe else ""


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
