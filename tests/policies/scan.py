"""checkov over an export of a stack."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.policies import environments


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What checkov found in a stack, and how much it looked at."""

    failed: dict[tuple[str, str], str]  # check, address → what the check asks for
    passed: frozenset[str]  # checks that some resource passes
    count: int  # of passed checks, each once for each resource
    resources: int


def scan(plan: dict[str, Any], folder: Path) -> Scan:
    """Runs checkov, offline, over a Terraform plan."""
    python = environments.python_of("checkov")
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    command = [str(python), "-m", "checkov.main", "--file", str(file), "--framework", "terraform_plan"]
    # Without an API key checkov sends nothing; --skip-download keeps it from fetching the texts of its guidelines.
    options = ["--output", "json", "--compact", "--skip-download", "--soft-fail"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BC_", "CKV_", "PRISMA_"))}
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=300, env=kept, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    summary = report["summary"]
    assert summary["parsing_errors"] == 0, done.stderr[-2000:]
    return Scan(
        failed={(one["check_id"], one["resource"]): one["check_name"] for one in report["results"]["failed_checks"]},
        passed=frozenset(one["check_id"] for one in report["results"]["passed_checks"]),
        count=summary["passed"],
        resources=summary["resource_count"],
    )
