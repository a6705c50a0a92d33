"""Runs code of the project for a release: as a user without rights, under the environment it would serve with."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway_host.paths import Paths
from slipway_host.redact import Redactor
from slipway_host.run import Result, run


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
        self, name: str, *, show: bool = False, extra: Mapping[str, str] | None = None
    ) -> tuple[Result, dict[str, Any]]:
        """Runs one of our modules in the project's venv; returns its output, and the JSON that it reports."""
        reading, writing = os.pipe()
        try:
            result = run(
                [self.python, "-m", name, str(writing)],
                environment={**self.given, **self.own, **(extra or {})},
                user=self.user,
                group=self.paths.user,
                folder=self.folder,
                redact=Redactor(self.given),
                show=show,
                pass_fds=(writing,),
            )
        finally:
            os.close(writing)
            with os.fdopen(reading, encoding="utf-8", errors="replace") as pipe:
                text = pipe.read()
        try:
            report = json.loads(text)
        except ValueError:
            report = {"failed": "settings", "error": f"the process ended by itself with code {result.code}"}
        return result, {**report, "error": Redactor(self.given)(report.get("error") or "")}

    def settings_error(self, module: str, extra: Mapping[str, str] | None = None) -> str | None:
        """Why these settings do not load under production; None where they do."""
        _, report = self.module("slipway_production.trial", extra={"SLIPWAY_BASE_SETTINGS": module, **(extra or {})})
        return report["error"] if report["failed"] else None
