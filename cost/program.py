"""Runs the program as a preview would, without an engine, to see what it asks for: `python -m cost.program FOLDER`.

A process of its own: the program is imported in it. The configuration comes on standard input, the resources leave on
standard output; both are JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks, settings, stack

from cost.recording import Recorder, Watcher


def main(folder: Path) -> None:
    """Exit code 1 where the program stops, with its reason as `error`."""
    asked: dict[str, Any] = json.load(sys.stdin)
    said, sys.stdout = sys.stdout, sys.stderr  # the program may print
    logging.disable()
    sys.path.insert(0, str(folder))
    os.chdir(folder)
    recorder = Recorder(region=asked["region"])
    try:
        run(folder, asked, recorder)
        answer: dict[str, Any] = {"resources": recorder.resources}
    except pulumi.RunError as error:
        answer = {"error": str(error)}
    except Exception as error:
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=said, flush=True)
    os._exit("error" in answer)  # nothing of the SDK's is worth waiting for


def run(folder: Path, asked: Mapping[str, Any], recorder: Recorder) -> None:
    """Registers the program's resources with the recorder; nothing exists yet, so that ids are unknown."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # A thread that answers must not wait for the loop that waits for it.
    own = ThreadPoolExecutor(8, initializer=lambda: asyncio.set_event_loop(asyncio.new_event_loop()))
    loop.set_default_executor(own)
    mocks.set_mocks(recorder, project=asked["project"], stack=asked["stack"], preview=True, monitor=Watcher(recorder))
    settings.ROOT.set(None)  # set_mocks made a root for programs that have none; ours makes its own
    pulumi.runtime.set_all_config(dict(asked["config"]), list(asked["secrets"]))
    loop.run_until_complete(stack.run_in_stack(lambda: _main(folder)))


def _main(folder: Path) -> None:
    runpy.run_path(str(folder / "__main__.py"), run_name="__main__")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
