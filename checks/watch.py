"""Who is told of what, and how long logs are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings import Settings

# CloudWatch Logs, PutRetentionPolicy.
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def findings(settings: Settings) -> Iterator[str]:
    """Findings about alarms, logs and the budget, each beginning with its key."""
    if settings.alarm_email and not MAIL.fullmatch(settings.alarm_email):
        yield f"alarmEmail is {settings.alarm_email!r}, which is no mail address; correct it or leave it empty."
    if settings.log_retention_days not in LOG_DAYS:
        days = ", ".join(map(str, LOG_DAYS))
        yield f"logRetentionDays is {settings.log_retention_days}; CloudWatch takes one of {days}."
    if settings.monthly_budget_usd < 0:
        yield f"monthlyBudgetUsd is {settings.monthly_budget_usd}; give US dollars, or 0 for no budget."
