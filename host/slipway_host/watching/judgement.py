"""Whether a release does worse than the one before it did. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from slipway_host.watching.sample import Sample, failures, percentile

# Twice as often as before is chance; so is the pace of a handful.
CHANCE = 2
FEWEST = 20


def of_prober(before: Sequence[Sample], after: Sequence[Sample], limit_ms: float) -> str | None:
    """What is wrong with the answers to our own requests since the switch, None where nothing is."""
    return failing(before, after, "requests of the prober") or slow(before, after, limit_ms, "the prober's requests")


def of_visitors(before: Sequence[Sample], after: Sequence[Sample], limit_ms: float) -> str | None:
    """The same of visitors'. Some of their pages may be slow by nature: those of before are the measure."""
    wrong = failing(before, after, "requests of visitors")
    if wrong or len(before) < FEWEST or len(after) < FEWEST:
        return wrong
    return slow(before, after, limit_ms, "the visitors' requests")


def failing(before: Sequence[Sample], after: Sequence[Sample], whose: str) -> str | None:
    """More failures than the release before it would have had in as many requests."""
    failed = failures(after)
    usual = len(failures(before)) / len(before) if before else 0
    if len(failed) <= math.ceil(CHANCE * usual * len(after)):
        return None
    return f"{len(failed)} of {len(after)} {whose} failed ({failed[0]})"


def slow(before: Sequence[Sample], after: Sequence[Sample], limit_ms: float, whose: str) -> str | None:
    """A p99 beyond the limit that was not beyond it before."""
    now, then = percentile(after, 99), percentile(before, 99)
    if now <= max(limit_ms, CHANCE * then if then > limit_ms else 0):
        return None
    return f"p99 of {whose} was {now:.0f} ms, beyond watchMaxP99Ms ({limit_ms:g})"
