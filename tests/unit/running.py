"""Runs the program as the engine would: in a context of its own, with the configuration of one stack."""

from __future__ import annotations

import asyncio
import contextvars
import importlib
import json
import runpy
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks, settings, stack

from tests.unit.recording import Monitor, Provider, Recording

with warnings.catch_warnings():
    # The SDKs load on first use, and warn of their own deprecated names as they do.
    warnings.simplefilter("ignore", DeprecationWarning)
    for sdk, resource in (
        ("pulumi_aws.ec2", "Vpc"),
        ("pulumi_aws.rds", "Instance"),
        ("pulumi_command.remote", "Command"),
    ):
        getattr(importlib.import_module(sdk), resource)

ROOT = Path(__file__).resolve().parents[2]


def declared_defaults() -> dict[str, Any]:
    """The defaults of Pulumi.yaml, which the engine fills in before it starts the program."""
    schema = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return {key: declared["default"] for key, declared in schema.items() if "default" in declared}


def run_program(values: Mapping[str, Any], *, preview: bool = False, encrypted: bool = True) -> Recording:
    """Runs __main__.py with this configuration, keys without their namespace, on top of the defaults."""
    given = declared_defaults() | {f"slipway:{key}": value for key, value in values.items()}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    recording = Recording()
    # In a context of its own, for the SDK keeps its engine and its root resource in context variables.
    secret_keys = ["slipway:appSecrets"] if encrypted else []
    contextvars.copy_context().run(_run, recording, texts, secret_keys, preview)
    return recording


def _run(recording: Recording, texts: dict[str, str], secret_keys: list[str], preview: bool) -> None:
    loops = [asyncio.new_event_loop()]

    def give_loop() -> None:
        """The mocks would make one for each thread, and never close it."""
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    asyncio.set_event_loop(loops[0])
    executor = ThreadPoolExecutor(8, initializer=give_loop)
    loops[0].set_default_executor(executor)
    try:
        provider = Provider(recording, preview)
        mocks.set_mocks(provider, project="slipway", stack="test", preview=preview, monitor=Monitor(provider))
        settings.ROOT.set(None)  # set_mocks made a root for programs that have none; ours makes its own
        pulumi.runtime.set_all_config(texts, secret_keys)
        loops[0].run_until_complete(stack.run_in_stack(_main))
    finally:
        tasks = asyncio.all_tasks(loops[0])
        for task in tasks:
            task.cancel()
        loops[0].run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        executor.shutdown()
        asyncio.set_event_loop(None)
        for loop in loops:
            loop.close()


def _main() -> None:
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
