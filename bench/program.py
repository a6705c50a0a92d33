"""How long the program itself takes, under mocks: `.venv/bin/python -m bench.program [STACK] [RUNS]`.

Each run is a process of its own. Seconds: `program` is __main__.py from its first import to its last resource, its own
imports and the SDKs' among them; `process` is the whole, with the interpreter's start and the mocks.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]


def values(stack: str) -> dict[str, Any]:
    """The configuration in the stack's file, keys without their namespace."""
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {key.partition(":")[2]: value for key, value in config.items() if key.startswith("slipway:")}


def once(stack: str) -> None:
    began = time.monotonic()
    from tests.unit.running import run_program

    recording = run_program(values(stack))
    print(json.dumps([len(recording.resources), time.monotonic() - began]))


def main(stack: str, runs: int) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as bytecode:
        # Kept from run to run as on a computer where Python may write beside the sources.
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = bytecode
        for _ in range(runs + 1):  # the first one compiles
            began = time.monotonic()
            command = [sys.executable, "-m", "bench.program", "--once", stack]
            said = subprocess.check_output(command, cwd=ROOT, text=True, env=environment)
            rows.append([*json.loads(said.splitlines()[-1]), time.monotonic() - began])
    resources, program, process = zip(*rows[1:], strict=True)
    print(f"{stack}: {resources[0]} resources, {runs} runs{'':10} {'min':>8} {'median':>8} {'max':>8}")
    for name, seconds in (("program, seconds", program), ("process, seconds", process)):
        print(f"{name:40} {min(seconds):8.2f} {statistics.median(seconds):8.2f} {max(seconds):8.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2])
    else:
        main(sys.argv[1] if sys.argv[1:] else "prod", int(sys.argv[2]) if sys.argv[2:] else 5)
