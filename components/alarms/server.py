"""Alarms about the host."""

from __future__ import annotations

from components.alarms.alarm import ABOVE, AT_LEAST, BAD, BELOW, FIVE_MINUTES, KEEP, MINUTE, Alarm, low_credits
from tables.burstable import credits_per_hour
from tables.instance_types import ec2_types

# Debian's logs, a release beside the live one and an upgrade's packages fit into what is left of 20 GiB.
DISK_PERCENT = 85
# What is left for the page cache; below it Linux reads programs from disk again and again.
MEMORY_PERCENT = 90


def server_alarms(instance_type: str) -> list[Alarm]:
    """Alarms about an instance of a known EC2 type."""
    recovers, earned = ec2_types()[instance_type].recovers, credits_per_hour(instance_type)
    alarms = [
        Alarm(
            name="hardware",
            about="server",
            metric="StatusCheckFailed_System",
            statistic="Maximum",
            comparison=AT_LEAST,
            threshold=1,
            period=MINUTE,
            periods=2,
            breaching=2,
            missing=KEEP,  # a stopped instance has no status; `silent` tells of it
            recover=recovers,
            action="AWS's hardware beneath the server failed. "
            + ("EC2 moves it by itself" if recovers else "Stop and start the instance")
            + "; if the site is not back in ten minutes, see the AWS Health Dashboard.",
        ),
        Alarm(
            name="unreachable",
            about="server",
            metric="StatusCheckFailed_Instance",
            statistic="Maximum",
            comparison=AT_LEAST,
            threshold=1,
            period=MINUTE,
            periods=5,  # a reboot takes less
            breaching=5,
            missing=KEEP,
            action="The server's operating system does not answer. Read its console (aws ec2 get-console-output), "
            "then reboot it.",
        ),
        Alarm(
            name="silent",
            about="server",
            metric="MemoryUsedPercent",
            statistic="SampleCount",
            comparison=BELOW,
            threshold=1,
            period=FIVE_MINUTES,
            periods=3,
            breaching=3,
            missing=BAD,  # the point of it
            reported=True,
            action="No report for a quarter of an hour: the server is stopped, cut off, or its reporter fails. "
            "Look at the instance, then at: journalctl -u slipway-report.",
        ),
        Alarm(
            name="memory",
            about="server",
            metric="MemoryUsedPercent",
            comparison=ABOVE,
            threshold=MEMORY_PERCENT,
            period=FIVE_MINUTES,
            periods=3,  # switching a release doubles the workers for less than that
            breaching=3,
            missing=KEEP,
            reported=True,
            action="Memory is nearly full. Lower slipway:workers or take a larger slipway:instanceType.",
        ),
        Alarm(
            name="disk",
            about="server",
            metric="DiskUsedPercent",
            statistic="Maximum",
            comparison=ABOVE,
            threshold=DISK_PERCENT,
            period=FIVE_MINUTES,
            periods=3,
            breaching=3,
            missing=KEEP,
            reported=True,
            action="The server's disk is nearly full. See what takes it (du -xh / | sort -h | tail): "
            "uploads in /srv/app/media, old releases, logs.",
        ),
    ]
    if earned is not None:
        alarms.append(low_credits("server", earned, "slipway:instanceType"))
    return alarms
