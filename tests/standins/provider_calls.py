"""The engine's side of the provider protocol: what it asks of a provider, and what it hears from one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.providers.standin import StandIn, serve
from rehearsal.providers.values import Values, from_struct, to_struct

NO_CHANGE = provider_pb2.DiffResponse.DIFF_NONE
SOME_CHANGE = provider_pb2.DiffResponse.DIFF_SOME


@dataclass
class Engine(engine_pb2_grpc.EngineServicer):
    """Hears what providers say: (text, whether it is shown in passing only, under which resource)."""

    heard: list[tuple[str, bool, str]] = field(default_factory=list)

    def Log(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        if request.severity >= engine_pb2.INFO:
            self.heard.append((request.message.rstrip("\n"), request.ephemeral, request.urn))
        return empty_pb2.Empty()


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a provider makes of other inputs."""

    some: bool
    replaces: list[str]
    delete_first: bool = False


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider, asked as the engine asks it; a refusal is grpc.RpcError."""

    stub: provider_pb2_grpc.ResourceProviderStub
    engine: Engine

    def check(self, type: str, news: Values, olds: Values | None = None, name: str = "it") -> tuple[Values, list[str]]:
        """The inputs as the provider takes them, and `input: reason` for each that it refuses."""
        answer = self.stub.Check(
            provider_pb2.CheckRequest(
                urn=urn(type, name), news=to_struct(news), olds=to_struct(olds or {}), randomSeed=bytes(range(32))
            )
        )
        return from_struct(answer.inputs), [f"{failure.property}: {failure.reason}" for failure in answer.failures]

    def create(self, type: str, inputs: Values, *, preview: bool = False, name: str = "it") -> tuple[str, Values]:
        answer = self.stub.Create(
            provider_pb2.CreateRequest(
                urn=urn(type, name), name=name, type=type, properties=to_struct(inputs), preview=preview
            )
        )
        return answer.id, from_struct(answer.properties)

    def diff(self, type: str, olds: Values, news: Values, *, ignore: tuple[str, ...] = ()) -> Changes:
        answer = self.stub.Diff(
            provider_pb2.DiffRequest(
                id="id",
                urn=urn(type),
                name="it",
                type=type,
                olds=to_struct(olds),
                old_inputs=to_struct(olds),
                news=to_struct(news),
                ignoreChanges=list(ignore),
            )
        )
        return Changes(
            some=answer.changes == SOME_CHANGE,
            replaces=sorted(set(answer.replaces)),
            delete_first=answer.deleteBeforeReplace,
        )

    def update(self, type: str, id: str, olds: Values, news: Values, *, preview: bool = False) -> Values:
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                id=id,
                urn=urn(type),
                name="it",
                type=type,
                olds=to_struct(olds),
                old_inputs=to_struct(olds),
                news=to_struct(news),
                preview=preview,
            )
        )
        return from_struct(answer.properties)

    def read(self, type: str, id: str, state: Values) -> tuple[str, Values]:
        answer = self.stub.Read(provider_pb2.ReadRequest(id=id, urn=urn(type), type=type, properties=to_struct(state)))
        return answer.id, from_struct(answer.properties)

    def delete(self, type: str, id: str, state: Values) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(id=id, urn=urn(type), type=type, properties=to_struct(state)))

    def invoke(self, token: str, arguments: Values) -> Values:
        answer = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments)))
        return from_struct(getattr(answer, "return"))


def urn(type: str, name: str = "it") -> str:
    return f"urn:pulumi:local::slipway::slipway:components:Server${type}::{name}"


def refusal(error: Any) -> str:
    """The sentence of a refusal, as the engine shows it."""
    return str(error.value.details())


@contextmanager
def attached(port: int) -> Iterator[Provider]:
    """The provider on that port, with an engine of the test's own behind it."""
    engine, server = Engine(), grpc.server(ThreadPoolExecutor(4))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Attach(plugin_pb2.PluginAttach(address=address))
            stub.Configure(provider_pb2.ConfigureRequest(acceptSecrets=True, acceptResources=True))
            yield Provider(stub=stub, engine=engine)
    finally:
        server.stop(grace=None).wait()


@contextmanager
def serving(stand_in: StandIn) -> Iterator[Provider]:
    """A stand-in, served and attached."""
    server, port = serve(stand_in)
    try:
        with attached(port) as provider:
            yield provider
    finally:
        server.stop(grace=None).wait()
