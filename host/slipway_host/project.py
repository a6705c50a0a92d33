"""Runs code of the project for a release: as a user without rights, under the environment it would serve with."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from slipway_host import hanging, scratch
from slipway_host.paths import Paths
from slipway_host.redact import Redactor
from slipway_host.run import Result, run

LONGEST = 600  # characters of an error
# What a report is understood by, and what stands in the project's source: a variable may happen to have the same value.
WORDS = ("failed", "name", "class", "migration")


@dataclass(frozen=True, kw_only=True)
class Project:
    """A prepared release. `given` is what was configured for it, and may hold secrets; `own` is its release.env."""

    python: Path
    folder: Path
    given: Mapping[str, str]
    own: Mapping[str, str]
    paths: Paths
    user: str | None  # the account that it runs as; None for the caller's

    def module(
        self, name: str, *, show: bool = False, extra: Mapping[str, str] | None = None, notes: Path | None = None
    ) -> tuple[Result, dict[str, Any]]:
        """Runs one of our modules in the project's venv; returns its output, and the JSON that it reports.

        What it reports goes to the file `notes`, if given, for whoever comes after a cut off run.
        """
        redact = Redactor(self.given)
        # A file and not a pipe, which would be full before anybody reads it.
        with opened(notes) as file, scratch.home(self.user) as home:
            result = run(
                [self.python, "-m", name, str(file.fileno())],
                environment={"HOME": str(home), **self.given, **self.own, **(extra or {})},
                user=self.user,
                group=self.paths.user,
                folder=self.folder,
                redact=redact,
                show=show,
                pass_fds=(file.fileno(),),
            )
            file.seek(0)
            text = file.read()
        report = last(text)
        if "failed" not in report:
            hung = hanging.sentence(result.output)
            failed = "migrate" if report else "loading" if hung else "settings"
            error = hung or f"the process ended by itself with code {result.code}"
            report = {"failed": failed, "error": error, "applied": report.get("planned", ())}
        clean = redacted(report, redact)
        # Not before: half a secret is not found.
        return result, {**clean, "error": clean.get("error", "")[:LONGEST]}

    def settings_error(self, module: str, extra: Mapping[str, str] | None = None) -> str | None:
        """Why these settings do not load under production; None where they do."""
        _, report = self.module("slipway_production.trial", extra={"SLIPWAY_BASE_SETTINGS": module, **(extra or {})})
        return report["error"] if report["failed"] else None


def opened(notes: Path | None) -> IO[str]:
    """For root's eyes; the project's process gets it by its descriptor."""
    if notes is None:
        return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
    return os.fdopen(os.open(notes, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+", encoding="utf-8")


def last(notes: str) -> dict[str, Any]:
    """The last thing that was reported; nothing where that was cut off."""
    try:
        found: dict[str, Any] = json.loads(notes.splitlines()[-1])
    except (ValueError, IndexError):
        return {}
    return found


def redacted(value: Any, redact: Callable[[str], str]) -> Any:
    """A JSON value with every text in it redacted."""
    if isinstance(value, dict):
        return {name: inner if name in WORDS else redacted(inner, redact) for name, inner in value.items()}
    if isinstance(value, list):
        return [redacted(inner, redact) for inner in value]
    return redact(value) if isinstance(value, str) else value
