"""A limit for loading a project: one that waits for what never comes would hold a release up for ever."""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Iterator
from contextlib import contextmanager

# As long as systemd gives a start: TimeoutStartSec of app@.service.
SECONDS = 120.0


@contextmanager
def limited() -> Iterator[None]:
    """Ends the process (code 1) if the body takes too long, and prints where every thread of it was.

    SLIPWAY_LOADING_SECONDS is another limit.
    """
    faulthandler.dump_traceback_later(float(os.environ.get("SLIPWAY_LOADING_SECONDS") or SECONDS), exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
