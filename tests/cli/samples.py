"""What `slipway-host` prints as JSON, as recorded from a host after some releases."""

from __future__ import annotations

from typing import Any

MEASURED = {"requests": 214, "failures": 0, "p50_ms": 2.1, "p99_ms": 11.4, "longest_ms": 31.0}

RELEASE: dict[str, Any] = {
    "number": 3,
    "release": "58a868fa6a11",
    "colour": "green",
    "configuration": "c1d2",
    "before": "1a9c00000000",
    "activated_at": "2026-11-22T10:00:00Z",
    "kind": "release",
    "seconds": 4.25,
    "reason": None,
    "by": None,
    "migrations": [{"name": "shop.0002_price", "class": "additive", "safe_back": True, "why": "adds a column"}],
    "measured": MEASURED,
    "live": True,
}

TAKEN_BACK: dict[str, Any] = {
    **RELEASE,
    "number": 2,
    "release": "bad000000000",
    "colour": "blue",
    "kind": "taken back",
    "reason": "12 of 214 requests failed",
    "by": "ann@desk",
    "migrations": [],
    "measured": {**MEASURED, "failures": 12},
    "live": False,
}

STATUS: dict[str, Any] = {
    "domain": "www.example.org",
    "live": {
        "release": "58a868fa6a11",
        "colour": "green",
        "since": "2026-11-22T10:00:00Z",
        "active": True,
        "advice": ["EMAIL_BACKEND prints mails to the journal instead of sending them"],
    },
    "idle": {"release": "1a9c00000000", "colour": "blue"},
    "held": [
        {
            "release": "bad000000000",
            "configuration": None,
            "reason": "12 of 214 requests failed",
            "by": "ann@desk",
            "at": "2026-11-22T09:00:00Z",
        }
    ],
    "maintenance": False,
    "units": [
        {"name": "app@green.service", "state": "active", "since": "2026-11-22T10:00:00Z"},
        {"name": "nginx.service", "state": "failed", "since": None},
    ],
    "last": RELEASE,
    "disk": {"free_bytes": 12 * 2**30, "total_bytes": 20 * 2**30},
    "certificate_days": 58,
    "busy": None,
}
