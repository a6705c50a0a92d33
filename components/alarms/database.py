"""Alarms about an RDS instance."""

from __future__ import annotations

from components.alarms.alarm import ABOVE, BELOW, FIVE_MINUTES, KEEP, Alarm, low_credits
from tables.burstable import credits_per_hour
from tables.instance_types import max_connections

# AWS's recommended alarm for RDS.
CPU_PERCENT = 90
# RDS enlarges its storage by itself when less than 10 % is left for five minutes: the alarm must outlast that.
STORAGE_PERCENT = 10
# The rest is the reserve with which an operator still gets in.
CONNECTIONS_PERCENT = 80

GIB = 1024**3


def database_alarms(about: str, instance_class: str, storage_gb: int) -> list[Alarm]:
    """Alarms about an RDS instance, `about` being database or replica; what is not known of its class has none."""
    earned, allowed = credits_per_hour(instance_class), max_connections(instance_class)
    alarms = [
        Alarm(
            name="storage",
            about=about,
            metric="FreeStorageSpace",
            statistic="Minimum",
            comparison=BELOW,
            threshold=storage_gb * GIB * STORAGE_PERCENT / 100,
            period=FIVE_MINUTES,
            periods=6,
            breaching=6,
            missing=KEEP,
            action="The database's storage is nearly full, and RDS did not enlarge it. Raise "
            "slipway:databaseStorageGb or slipway:databaseMaxStorageGb: a full database stops.",
        ),
        Alarm(
            name="cpu",
            about=about,
            metric="CPUUtilization",
            comparison=ABOVE,
            threshold=CPU_PERCENT,
            period=FIVE_MINUTES,
            periods=3,
            breaching=3,
            missing=KEEP,
            action="The database is busy to the brim. See its top queries in Database Insights, then take a larger "
            "slipway:databaseInstanceClass.",
        ),
    ]
    if allowed is not None:
        alarms.append(
            Alarm(
                name="connections",
                about=about,
                metric="DatabaseConnections",
                statistic="Maximum",
                comparison=ABOVE,
                threshold=allowed * CONNECTIONS_PERCENT // 100,
                period=FIVE_MINUTES,
                periods=3,
                breaching=3,
                missing=KEEP,
                action=f"Of about {allowed} connections {CONNECTIONS_PERCENT} % are taken. Lower "
                "slipway:workers or slipway:threads, or take a larger slipway:databaseInstanceClass.",
            )
        )
    if earned is not None:
        alarms.append(low_credits(about, earned, "slipway:databaseInstanceClass"))
    return alarms
