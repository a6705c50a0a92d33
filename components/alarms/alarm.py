"""What an alarm is, and the few words that all of them are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MINUTE = 60
FIVE_MINUTES = 300  # how often EC2 reports without detailed monitoring, and how often credits are reported at all

BELOW, AT_LEAST, ABOVE = "LessThanThreshold", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold"

# What the absence of data means (CloudWatch, "Configuring how alarms treat missing data"): nothing new, well, or ill.
KEEP, FINE, BAD = "ignore", "notBreaching", "breaching"

# What an idle instance earns in half an hour: a fresh one, which starts with none, is above it before the hour is over.
CREDIT_HOURS = 0.5


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm. `about` is what its metric belongs to: server, database, replica, or the site as a whole."""

    name: str
    about: str
    action: str  # what somebody who is woken does
    metric: str = ""
    statistic: str = "Average"
    comparison: str
    threshold: float
    period: int
    periods: int  # that are looked at
    breaching: int  # that must be bad among them
    missing: str
    expression: str = ""  # metric math in place of `metric`
    inputs: Mapping[str, str] = field(default_factory=dict)  # its variables: name → metric, summed up
    recover: bool = False  # EC2 moves the instance to sound hardware
    reported: bool = False  # by the host itself, not by AWS


def low_credits(about: str, per_hour: float, key: str) -> Alarm:
    """About a burstable instance that earns so many CPU credits an hour; `key` is where a larger one is asked for."""
    return Alarm(
        name="credits",
        about=about,
        metric="CPUCreditBalance",
        statistic="Maximum",
        comparison=BELOW,
        threshold=per_hour * CREDIT_HOURS,
        period=FIVE_MINUTES,
        periods=12,
        breaching=12,
        missing=KEEP,
        action="CPU credits are used up: it is slowed down, or what goes beyond is billed. Find out what works "
        f"so much, and if it is the visitors take a larger or non-burstable {key}.",
    )
