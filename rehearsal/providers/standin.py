"""One gRPC server that speaks the engine's provider protocol for a set of kinds."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from rehearsal.errors import RehearsalError
from rehearsal.providers.kind import Kind
from rehearsal.providers.values import Values, from_struct, reveal, to_struct, unknown

Lookup = Callable[[Values], Values]
# pulumi/sdk go/common/util/rpcutil: what the engine sends at most; gRPC's own limit is 4 MB.
LARGEST_MESSAGE = 400 * 1024 * 1024
INTERNAL = frozenset({"__defaults", "__internal", "__inputs"})


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """A provider made of kinds; whatever is not among them is refused by name."""

    def __init__(
        self,
        package: str,
        version: str,
        kinds: Iterable[Kind],
        lookups: dict[str, Lookup],
        voice: "Voice | None" = None,
    ) -> None:
        self.package, self.version = package, version
        self.kinds = {kind.type: kind for kind in kinds}
        self.lookups = lookups
        self.voice = voice or Voice()

    # The life of a provider.

    def Attach(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.voice.engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(request.address))
        return empty_pb2.Empty()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=self.version)

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.DiffResponse()

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def given(self, kind: Kind, inputs: Values) -> Values:
        """Outputs that the provider's own configuration gives every resource of that kind."""
        return {}

    # The life of a resource.

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        news, olds = from_struct(request.news), from_struct(request.olds)
        type, name = _parts(request.urn)
        kind = self.kind(context, request.urn)
        news |= {
            key: value
            for key, value in kind.defaults(name, reveal(news), reveal(olds), request.randomSeed).items()
            if key not in news
        }
        failures = [
            (key, f"the rehearsal's stand-in for {type} does not know this input")
            for key in sorted(set(news) - kind.required - kind.optional - INTERNAL)
        ]
        failures += [(key, f"{type} needs it") for key in sorted(kind.needs(news) - set(news))]
        failures += [
            (" or ".join(sorted(choice)), f"{type} needs exactly one of them")
            for choice in kind.one_of
            if len(choice & set(news)) != 1
        ]
        if not failures:
            failures += kind.check({key: value for key, value in reveal(news).items() if not unknown(value)})
        return provider_pb2.CheckResponse(
            inputs=to_struct(news),
            failures=[provider_pb2.CheckFailure(property=key, reason=reason) for key, reason in failures],
        )

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        kind = self.kind(context, request.urn)
        old, new = reveal(from_struct(request.old_inputs)), reveal(from_struct(request.news))
        given, state = self.given(kind, new), from_struct(request.olds)
        old |= {key: state.get(key) for key in given}
        new |= given
        changed = sorted(
            key for key in {*old, *new} - INTERNAL - set(request.ignoreChanges) if old.get(key) != new.get(key)
        )
        some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=changed,
            replaces=kind.replaced_by(changed, new),
            deleteBeforeReplace=kind.delete_first,
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        kind, inputs = self.kind(context, request.urn), from_struct(request.properties)
        if request.preview:
            outputs = inputs | dict.fromkeys(kind.computed - set(inputs), UNKNOWN) | self.given(kind, inputs)
            return provider_pb2.CreateResponse(properties=to_struct(outputs))
        with self.acting(context, request):
            id, computed = kind.create(_parts(request.urn)[1], reveal(inputs))
            return provider_pb2.CreateResponse(
                id=id, properties=to_struct(inputs | computed | self.given(kind, inputs))
            )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        kind, inputs = self.kind(context, request.urn), from_struct(request.news)
        old = from_struct(request.olds)
        if request.preview:
            kept = {key: old[key] for key in kind.computed if key in old} | dict.fromkeys(kind.fleeting, UNKNOWN)
            return provider_pb2.UpdateResponse(properties=to_struct(kept | inputs | self.given(kind, inputs)))
        with self.acting(context, request):
            computed = kind.update(request.id, old, reveal(inputs))
            return provider_pb2.UpdateResponse(properties=to_struct(inputs | computed | self.given(kind, inputs)))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        kind, state = self.kind(context, request.urn), from_struct(request.properties)
        with self.acting(context, request):
            found = kind.read(request.id, state)
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(id=request.id, properties=to_struct(found), inputs=request.inputs)

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        kind = self.kind(context, request.urn)
        with self.acting(context, request):
            kind.delete(request.id, reveal(from_struct(request.properties)))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        lookup = self.lookups.get(request.tok)
        if lookup is None:
            _refuse(context, f"The rehearsal has no stand-in for the lookup {request.tok}.")
        with self.acting(context, request):
            answer: dict[str, Any] = {"return": to_struct(lookup(reveal(from_struct(request.args))))}
            return provider_pb2.InvokeResponse(**answer)

    @contextmanager
    def acting(self, context: grpc.ServicerContext, request: Any) -> Iterator[None]:
        """A RehearsalError becomes the resource's error in the engine's output; nothing else is hidden."""
        self.voice.about(getattr(request, "urn", ""))
        try:
            yield
        except RehearsalError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    def kind(self, context: grpc.ServicerContext, urn: str) -> Kind:
        """The kind that a resource is of; the call ends here when there is none."""
        type, name = _parts(urn)
        if type not in self.kinds:
            _refuse(context, f"The rehearsal has no stand-in for resource type {type} (resource {name}).")
        return self.kinds[type]


class Voice:
    """Lines in the engine's own output, each under the resource that the calling thread is at work on."""

    def __init__(self) -> None:
        self.engine: engine_pb2_grpc.EngineStub | None = None
        self.subject = threading.local()

    def about(self, urn: str) -> None:
        self.subject.urn = urn

    def say(self, text: str, *, passing: bool = False) -> None:
        """A line that stays in the output, or one that is only shown while the resource is at work."""
        if self.engine:
            urn = getattr(self.subject, "urn", "")
            row = engine_pb2.LogRequest(severity=engine_pb2.INFO, urn=urn, message=text, ephemeral=passing)
            self.engine.Log(row)


def serve(provider: StandIn) -> tuple[grpc.Server, int]:
    """Serve on a free port of the loopback address; the server and its port."""
    server = grpc.server(ThreadPoolExecutor(32), options=[("grpc.max_receive_message_length", LARGEST_MESSAGE)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def _refuse(context: grpc.ServicerContext, sentence: str) -> NoReturn:
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, sentence)


def _parts(urn: str) -> tuple[str, str]:
    """The type and the logical name in a resource's URN."""
    sections = urn.split("::")
    return sections[2].split("$")[-1], sections[-1]
