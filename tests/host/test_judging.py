"""What each kind of operation means, for every Django from 3.2 on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.host.host_standins import REPOSITORY

WRITTEN = (REPOSITORY / "tests/host/operations.txt").read_text()
CASE = re.compile(
    r"^(?P<operation>\S.*)\n    (\[(?P<since>\d\.\d)\] )?(?P<kind>\w+), (?P<back>\w+): (?P<why>.+)$", re.MULTILINE
)
CASES = [found.groupdict() for found in CASE.finditer(WRITTEN)]


@dataclass(frozen=True, kw_only=True)
class Judged:
    version: tuple[int, int]
    verdicts: dict[str, dict[str, Any] | None]  # by operation


@pytest.fixture(scope="module", params=["3.2", "4.2", "5.2", "6.0"])
def judged(request: pytest.FixtureRequest, uv: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """Every case, as one version of Django makes Slipway see it."""
    django = version(request.param)
    venv = tmp_path_factory.mktemp("django") / "venv"
    driver = "psycopg2-binary" if django < (4, 2) else "psycopg[binary]"
    for command in (
        ["venv", "--quiet", "--python", interpreter(django), str(venv)],
        ["pip", "install", "--quiet", "--python", str(venv), f"django~={request.param}.0", driver],
    ):
        subprocess.run([uv, *command], check=True)
    environment = {"PYTHONPATH": str(REPOSITORY / "host"), "PATH": os.environ["PATH"]}
    command = [str(venv / "bin/python"), "-W", "ignore", str(REPOSITORY / "tests/host/judging.py")]
    given = json.dumps([case["operation"] for case in CASES])
    ran = subprocess.run(command, input=given, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    verdicts = dict(zip([case["operation"] for case in CASES], json.loads(ran.stdout), strict=True))
    yield Judged(version=django, verdicts=verdicts)


def interpreter(django: tuple[int, int]) -> str:
    """A Python that this Django runs on: 6.0 asks for 3.12, 3.2 does not know 3.12."""
    if django < (6, 0):
        return sys.executable
    for version in ("13", "12", "14"):
        found = [
            *Path("/usr/bin").glob(f"python3.{version}"),
            *Path.home().glob(f".pyenv/versions/3.{version}.*/bin/python"),
        ]
        if found:
            return str(found[0])
    pytest.skip("Django 6.0 needs Python 3.12")


def version(text: str) -> tuple[int, int]:
    major, minor = map(int, text.split("."))
    return major, minor


@pytest.mark.parametrize("case", CASES, ids=[case["operation"] for case in CASES])
def test_an_operation_is_classed(judged: Judged, case: dict[str, str]) -> None:
    verdict = judged.verdicts[case["operation"]]
    if judged.version < version(case["since"] or "3.2"):
        assert verdict is None, "this Django does not have it"
        return
    assert verdict is not None
    expected = {"class": case["kind"], "safe_back": case["back"] == "safe", "why": case["why"]}
    assert {key: verdict[key] for key in expected} == expected


def test_every_line_of_the_list_is_tried() -> None:
    lines = [line for line in WRITTEN.splitlines() if line and not line.startswith("#")]
    assert len(lines) == 2 * len(CASES) > 100
