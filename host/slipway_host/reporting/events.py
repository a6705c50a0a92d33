"""Log events to CloudWatch Logs, in batches that it takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slipway_host.reporting.instance import Instance
from slipway_host.reporting.web import Refused

# The limits of PutLogEvents (CloudWatch Logs API Reference): a batch in bytes with so many for each event, in events,
# and in milliseconds from first to last. A message may be a whole batch; a line that long is of no use to anyone.
BATCH_BYTES, EVENT_BYTES, BATCH_EVENTS, BATCH_SPAN = 1_048_576, 26, 10_000, 24 * 3600 * 1000
MESSAGE_BYTES = 60_000


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of a log; `moment` is in milliseconds since 1970."""

    moment: int
    message: str


def ship(instance: Instance, group: str, events: Sequence[Event]) -> None:
    """Puts events into the instance's stream of a group; all have been taken when this returns."""
    for batch in batches(events):
        body: dict[str, object] = {
            "logGroupName": group,
            "logStreamName": instance.id,
            "logEvents": [{"timestamp": event.moment, "message": event.message} for event in batch],
        }
        try:
            _call(instance, "PutLogEvents", body)
        except Refused as refused:
            if refused.code != "ResourceNotFoundException":
                raise
            # The first event of this instance: it has no stream yet.
            _call(instance, "CreateLogStream", {"logGroupName": group, "logStreamName": instance.id})
            _call(instance, "PutLogEvents", body)


def batches(events: Sequence[Event]) -> Iterator[list[Event]]:
    """In order of time, as CloudWatch insists; blank lines, which it refuses, are left out."""
    batch: list[Event] = []
    size = 0
    for event in sorted((cut(event) for event in events if event.message.strip()), key=lambda event: event.moment):
        weight = len(event.message.encode()) + EVENT_BYTES
        too_long = batch and event.moment - batch[0].moment >= BATCH_SPAN
        if too_long or size + weight > BATCH_BYTES or len(batch) == BATCH_EVENTS:
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += weight
    if batch:
        yield batch


def cut(event: Event) -> Event:
    encoded = event.message.encode()
    if len(encoded) <= MESSAGE_BYTES:
        return event
    return Event(moment=event.moment, message=encoded[:MESSAGE_BYTES].decode(errors="ignore") + " …")


def _call(instance: Instance, action: str, body: dict[str, object]) -> None:
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Logs_20140328.{action}"}
    instance.post("logs", headers, json.dumps(body).encode())
