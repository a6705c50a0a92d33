"""Requests that were watched, and what they come to. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One request: when it ended (a clock's seconds), how long it took, and how it failed, None where it did not."""

    ended: float
    seconds: float
    failure: str | None


def failures(samples: Sequence[Sample]) -> list[str]:
    return [sample.failure for sample in samples if sample.failure]


def percentile(samples: Sequence[Sample], percent: float) -> float:
    """Milliseconds that this share of the requests took at most (nearest rank); 0 where there were none."""
    times = sorted(sample.seconds for sample in samples)
    return round(times[max(0, math.ceil(len(times) * percent / 100) - 1)] * 1000, 1) if times else 0.0


def measured(samples: Sequence[Sample]) -> dict[str, float]:
    """The figures that are kept with a release."""
    return {
        "requests": len(samples),
        "failures": len(failures(samples)),
        "p50_ms": percentile(samples, 50),
        "p99_ms": percentile(samples, 99),
        "longest_ms": percentile(samples, 100),
    }
