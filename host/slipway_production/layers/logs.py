"""Logging to standard error, which systemd's journal keeps: no files that nobody rotates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BARE: dict[str, Any] = {"handlers": [], "level": "INFO", "propagate": True}


def layer(settings: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    return {
        "LOGGING_CONFIG": "logging.config.dictConfig",
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"journal": {"format": "%(levelname)s %(name)s %(message)s"}},
            "handlers": {"journal": {"class": "logging.StreamHandler", "formatter": "journal"}},
            "root": {"handlers": ["journal"], "level": "INFO"},
            # Django gives these handlers of their own, which mail and print only while DEBUG is on.
            "loggers": {name: dict(BARE) for name in ("django", "django.server")},
        },
    }
