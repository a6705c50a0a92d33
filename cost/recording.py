"""Stands where the engine would: answers the program's look-ups, and notes every resource it asks for."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2

# What the program looks up has no price: any answer of the right form serves.
ZONES = "abc"
ANSWERS: dict[str, dict[str, Any]] = {
    "aws:ssm/getParameter:getParameter": {"value": "ami-0debian13"},
    "aws:route53/getZone:getZone": {"zoneId": "ZEXAMPLE"},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
}


class Recorder(mocks.Mocks):
    """The resources of one run, as dicts of type, name and inputs: what is secret or unknown is left out."""

    def __init__(self, region: str) -> None:
        self.resources: list[dict[str, Any]] = []
        self._answers = ANSWERS | {
            "aws:index/getRegion:getRegion": {"region": region},
            "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": [region + zone for zone in ZONES]},
        }

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return None, dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token not in self._answers:
            raise pulumi.RunError(
                f"The program asks {args.token}, which cost/recording.py cannot answer: add it there."
            )
        return self._answers[args.token]


class Watcher(mocks.MockMonitor):
    """Sees each resource before the SDK fills in what is unknown."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self._recorder = recorder

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:
        if request.custom:
            inputs = _known(rpc.deserialize_properties(request.object, keep_unknowns=True))
            self._recorder.resources.append({"type": request.type, "name": request.name, "inputs": inputs})
        parent: Any = super()
        return parent.RegisterResource(request)


def _known(value: Any) -> Any:
    """The value without what nobody knows yet, and without secrets: None stands for either."""
    if rpc.is_rpc_secret(value):
        return None
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else None
