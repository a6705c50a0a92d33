"""Turns what tools print when they fail into one sentence that says what to do. Pure: text in, text out."""

from __future__ import annotations

import platform
import re
from typing import Any

from slipway_host import hanging, migration_texts, missing

LONGEST = 600  # characters of a reason
FULL = re.compile(r"No space left on device|Errno 28|os error 28|could not extend file")
PYTHON = re.compile(r"requires?.python|current Python version|Python>=|Python<|a different Python", re.IGNORECASE)


def python_version() -> str:
    return platform.python_version()


def disk_full(output: str) -> bool:
    return bool(FULL.search(output))


def wants_compiler_for_psycopg2(output: str) -> bool:
    """psycopg2 itself comes as source: without Postgres' headers or a compiler it cannot be built."""
    return bool(re.search(r"build `?psycopg2==", output)) or "pg_config executable not found" in output


def install(source: str, output: str) -> str:
    """Why the packages of `source` did not install."""
    if disk_full(output):
        return full()
    if PYTHON.search(output):
        return f"The packages of {source} do not fit this host's Python {python_version()}: change their versions."
    if "hash mismatch" in output.lower():
        return f"A package of {source} is not the one that was locked (its hash differs): lock it anew."
    return f"The packages of {source} do not install: correct what the last lines name."


def full() -> str:
    return (
        "The disk of this host is full: `sudo slipway-host prune` there removes old releases, `df -h` and `du` say "
        "what else fills it."
    )


def settings_sentence(module: str, error: str, variables: list[str]) -> str:
    """Why the project's settings cannot be imported."""
    if variables:
        names = ", ".join(variables)
        them = "it" if len(variables) == 1 else "them"
        return (
            f"The settings {module} need environment variables that are not set: {names}. Set {them} under appEnv, "
            "or under appSecrets what is secret."
        )
    package = missing.module(error)
    if package:
        return f"The settings {module} {package}"
    return f"The settings {module} cannot be loaded ({error}): correct them, or name others in djangoSettings."


def manage(error: str) -> str:
    """Why manage.py itself could not be run."""
    variable = missing.variable(error)
    hint = f"; it wants {variable} before appEnv is known" if variable else ""
    return f"manage.py does not lead to settings ({error}{hint}): name the settings module in djangoSettings."


def step(report: dict[str, Any], *, settings: str, serving: str | None, variables: list[str], output: str) -> str:
    """Why a release stopped before it was started. `report` is what slipway_production.step reports."""
    failed, error = report["failed"], report["error"]
    if disk_full(output) or disk_full(error):
        return full()
    if failed == "settings":
        return settings_sentence(settings, error, variables)
    if failed == "loading":
        return f"The project does not load: {error}. {serves(serving)}"
    if failed == "blocked":
        return f"manage.py check --deploy finds {error}. Correct it in the project. {serves(serving)}"
    if failed == "refused":
        return migration_texts.refused(report["refused"], serves(serving))
    if failed == "migrate":
        return migration_texts.failed(report, serves(serving))
    package = missing.module(error)
    if package:
        return f"The apps of the project {package} {serves(serving)}"
    return f"The step {failed} failed ({error}). {serves(serving)}"


def start(journal: str, serving: str | None) -> str:
    """Why a colour did not become ready, from what its unit wrote."""
    if disk_full(journal):
        return full()
    asked = re.findall(r"slipway: (.+)", journal)
    # gunicorn itself reports a RuntimeError as a bare `Error: …`.
    raised = re.findall(r"^((?:\w[\w.]*)?(?:Error|Exception|Improperly\w+): .+)$", journal, re.MULTILINE)
    # What it says of its workers as it ends.
    reasons = re.findall(r"Reason: (.+)", journal)
    killed = re.findall(r"killed by the OOM killer", journal) and ["the host has no memory left for it"]
    hung = [said] if (said := hanging.sentence(journal)) else []
    found = next((each for each in (asked, killed, hung, raised, reasons) if each), ["gunicorn ended by itself"])
    why = found[-1]
    return f"The release does not start: {why.strip()[:LONGEST].rstrip('.')}. {serves(serving)}"


def serves(serving: str | None) -> str:
    return f"Release {serving} is still serving." if serving else "No release was serving before."
