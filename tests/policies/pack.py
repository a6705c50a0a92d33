"""The policy pack, started as the engine starts it, and spoken to in the engine's protocol."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policies.resource import Resource
from tests.unit.running import ROOT

FOLDER = ROOT / "policies" / "pack"


class Pack:
    """A running pack."""

    def __init__(self, analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
        self._analyzer = analyzer

    def policies(self) -> dict[str, analyzer_pb2.PolicyInfo]:
        return {policy.name: policy for policy in self._analyzer.GetAnalyzerInfo(empty_pb2.Empty()).policies}

    def findings(self, resource: Resource) -> list[str]:
        """What the pack holds against a resource, as RULE: SENTENCE; none of it may be mere advice."""
        inputs = struct_pb2.Struct()
        inputs.update(resource.inputs)
        request = analyzer_pb2.AnalyzeRequest(
            type=resource.type,
            name=resource.name,
            urn=f"urn:pulumi:{resource.stack}::slipway::{resource.type}::{resource.name}",
            properties=inputs,
            options=analyzer_pb2.AnalyzerResourceOptions(protect=resource.protect),
        )
        answer = self._analyzer.Analyze(request)
        assert not answer.not_applicable
        assert {diagnostic.enforcementLevel for diagnostic in answer.diagnostics} <= {analyzer_pb2.MANDATORY}
        return [f"{one.policyName}: {one.message.splitlines()[-1]}" for one in answer.diagnostics]


@contextlib.contextmanager
def started(python: Path) -> Iterator[Pack]:
    process = subprocess.Popen([str(python), "-u", "."], cwd=FOLDER, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield Pack(analyzer_pb2_grpc.AnalyzerStub(channel))
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()
