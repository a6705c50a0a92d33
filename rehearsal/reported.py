"""CloudWatch for machines that report: signed requests of a role's, and what they reported, kept for whoever looks."""

import fcntl
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from rehearsal import tokens
from rehearsal.credentials import Mint
from rehearsal.ledger import Ledger
from rehearsal.providers import api_model
from rehearsal.providers.policies import allows
from rehearsal.signatures import Refused, verified

# CloudWatch Logs API Reference, PutLogEvents: the whole batch, what each event adds to it, events, span, future, past.
BATCH_BYTES, EVENT_BYTES, BATCH_EVENTS = 1_048_576, 26, 10_000
DAY, FUTURE, PAST = 24 * 3600 * 1000, 2 * 3600 * 1000, 14 * 24 * 3600 * 1000
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reported:
    """The part of CloudWatch that hosts talk to, in one account and region; what it heard lies below `folder`."""

    folder: Path
    region: str
    account: str

    def hear(self, service: str, headers: Mapping[str, str], body: bytes) -> Row:
        """One request to logs or monitoring, the answer to it; Refused carries AWS's code and words."""
        ledger = Ledger(self.folder / "ledger.json")
        instance = verified(
            Mint(path=self.folder / "services" / "credentials.key"), service, self.region, headers, body
        )
        policies = policies_of(ledger, instance)
        if service == "monitoring":
            return self._metrics(policies, body)
        action = headers.get("x-amz-target", "").partition(".")[2]
        request = json.loads(body)
        group, stream = request.get("logGroupName", ""), request.get("logStreamName", "")
        arn = f"arn:aws:logs:{self.region}:{self.account}:log-group:{group}"
        must(policies, f"logs:{action}", arn if action == "CreateLogStream" else f"{arn}:log-stream:{stream}")
        if action not in ("CreateLogStream", "PutLogEvents"):
            raise Refused("UnknownOperationException", f"the stand-in for CloudWatch Logs has no {action}")
        if ledger.find(tokens.LOG_GROUP, group) is None:
            raise Refused("ResourceNotFoundException", "The specified log group does not exist.")
        path = self.folder / "reported" / "logs" / group.strip("/") / f"{stream.replace('/', '_')}.jsonl"
        return _create_stream(path) if action == "CreateLogStream" else _put_events(path, request["logEvents"])

    def _metrics(self, policies: list[str], body: bytes) -> Row:
        fields = {key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        namespace = fields.get("Namespace", "")
        must(policies, f"cloudwatch:{fields.get('Action')}", "*", {"cloudwatch:namespace": namespace})
        rows = list(_rows(fields))
        _check_metrics(namespace, rows)
        path = self.folder / "reported" / "metrics.jsonl"
        _append(path, [{"namespace": namespace, "time": int(time.time()), **row} for row in rows])
        return {}

    def metrics(self) -> list[Row]:
        """Every value heard: namespace, time, MetricName, Value, Unit, Dimensions (name → value)."""
        return _read(self.folder / "reported" / "metrics.jsonl")

    def events(self, group: str) -> list[Row]:
        """Every event of a log group, of all its streams: timestamp, message."""
        streams = (self.folder / "reported" / "logs" / group.strip("/")).glob("*.jsonl")
        return [row for stream in sorted(streams) for row in _read(stream)]


def policies_of(ledger: Ledger, instance: str) -> list[str]:
    """The policies written into the role that the instance has now."""
    entry = ledger.find(tokens.INSTANCE, instance)
    profile = entry and ledger.find(tokens.INSTANCE_PROFILE, entry.facts["inputs"].get("iamInstanceProfile", ""))
    role = profile.facts["role"] if profile else None
    return [row.facts["inputs"]["policy"] for row in ledger.of(tokens.ROLE_POLICY, role=role)] if role else []


def must(policies: list[str], action: str, resource: str, context: dict[str, str] | None = None) -> None:
    if not allows(policies, action, resource=resource, context=context):
        raise Refused(
            "AccessDeniedException",
            f"the instance's role is not authorized to perform: {action} on resource: {resource} because no "
            "identity-based policy allows the action",
        )


def _create_stream(path: Path) -> Row:
    if path.exists():
        raise Refused("ResourceAlreadyExistsException", "The specified log stream already exists")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return {}


def _put_events(path: Path, events: list[Row]) -> Row:
    if not path.exists():
        raise Refused("ResourceNotFoundException", "The specified log stream does not exist.")
    stamps, now = [event["timestamp"] for event in events], int(time.time() * 1000)
    size = sum(len(event["message"].encode()) + EVENT_BYTES for event in events)
    for wrong, words in (
        (not events or len(events) > BATCH_EVENTS, f"1 to {BATCH_EVENTS} log events make a batch, not {len(events)}"),
        (any(not event["message"] for event in events), "a log event's message must not be empty"),
        (size > BATCH_BYTES, f"Upload too large: {size} bytes exceeds limit of {BATCH_BYTES}"),
        (stamps != sorted(stamps), "Log events in a single PutLogEvents request must be in chronological order."),
        (bool(stamps) and stamps[-1] - stamps[0] > DAY, "The batch of log events cannot span more than 24 hours."),
    ):
        if wrong:
            raise Refused("InvalidParameterException", words)
    _append(path, [event for event in events if now - PAST <= event["timestamp"] <= now + FUTURE])
    return {}


def _rows(fields: dict[str, str]) -> Iterator[Row]:
    number = 1
    while f"MetricData.member.{number}.MetricName" in fields:
        mark, dimensions, place = f"MetricData.member.{number}", {}, 1
        while (name := fields.get(f"{mark}.Dimensions.member.{place}.Name")) is not None:
            dimensions[name] = fields[f"{mark}.Dimensions.member.{place}.Value"]
            place += 1
        yield {
            "MetricName": fields[f"{mark}.MetricName"],
            "Value": float(fields[f"{mark}.Value"]),
            "Unit": fields.get(f"{mark}.Unit", "None"),
            "Dimensions": dimensions,
        }
        number += 1


def _check_metrics(namespace: str, rows: list[Row]) -> None:
    """As AWS's own description of PutMetricData wants them."""
    import botocore.session

    model = botocore.session.get_session().get_service_model("cloudwatch").operation_model("PutMetricData")
    data = [
        {**row, "Dimensions": [{"Name": name, "Value": value} for name, value in row["Dimensions"].items()]}
        for row in rows
    ]
    problems = list(api_model.problems({"Namespace": namespace, "MetricData": data}, model.input_shape, ""))
    if not rows:
        problems.append("The parameter MetricData is required.")
    if problems:
        raise Refused("ValidationError", "; ".join(problems))


def _append(path: Path, rows: list[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as sink:
        fcntl.flock(sink, fcntl.LOCK_EX)
        sink.writelines(f"{json.dumps(row)}\n" for row in rows)


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
