"""A stand-in for the engine that remembers every resource the program registers, as the program asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2


def private_key(name: str) -> str:
    """What stands for the private key that the resource `name` made."""
    return f"-----BEGIN OPENSSH PRIVATE KEY-----\nPRIVATE-{name}\n-----END OPENSSH PRIVATE KEY-----\n"


# What a provider would answer, beside the inputs themselves.
COMPUTED: dict[str, dict[str, Any]] = {
    "aws:ec2/eip:Eip": {"publicIp": "203.0.113.80"},
    "aws:ec2/eipAssociation:EipAssociation": {"publicIp": "203.0.113.80"},
    "aws:ec2/keyPair:KeyPair": {"keyName": "server-key-pair-1a2b3c4"},
    "aws:rds/instance:Instance": {"address": "database.example.internal", "port": 5432},
    "aws:rds/subnetGroup:SubnetGroup": {"name": "database-subnets-1a2b3c4"},
    "aws:rds/parameterGroup:ParameterGroup": {"name": "database-parameters-1a2b3c4"},
    "tls:index/privateKey:PrivateKey": {
        "privateKeyOpenssh": private_key("{name}"),
        "publicKeyOpenssh": "ssh-ed25519 PUBLIC-{name}\n",
    },
    "random:index/randomPassword:RandomPassword": {"result": "PASSWORD-{name}"},
    "aws:kms/key:Key": {"arn": "arn:aws:kms:eu-central-1:123456789012:key/{name}"},
    "aws:sns/topic:Topic": {"arn": "arn:aws:sns:eu-central-1:123456789012:{name}"},
    "random:index/randomId:RandomId": {"hex": "1a2b3c4d"},
}

ANSWERS: dict[str, dict[str, Any]] = {
    "aws:ssm/getParameter:getParameter": {"value": "ami-0debian13"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
        "names": ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    },
    "aws:route53/getZone:getZone": {"zoneId": "ZEXAMPLE"},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getRegion:getRegion": {"region": "eu-central-1"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
}


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource, with secrets in its inputs replaced by their values."""

    type: str
    name: str
    parent: str  # name of the parent, empty for the stack
    inputs: dict[str, Any]
    secret_inputs: frozenset[str]  # inputs that are secret as a whole
    dependencies: tuple[str, ...]  # names
    deleted_with: str  # name
    protect: bool
    delete_before_replace: bool
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    before_delete: tuple[str, ...]  # names of the hooks
    secret_outputs: tuple[str, ...]
    aliases: tuple[str, ...]  # names
    delete_limit: str  # such as 6h; empty where it is the provider's own


@dataclass(kw_only=True)
class Recording:
    """What one run of the program registered and exported."""

    resources: list[Registered] = field(default_factory=list)
    invokes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: frozenset[str] = frozenset()
    warnings: list[str] = field(default_factory=list)

    def named(self, name: str) -> Registered:
        (found,) = [resource for resource in self.resources if resource.name == name]
        return found

    def of_type(self, type_: str) -> list[Registered]:
        return [resource for resource in self.resources if resource.type == type_]

    def steps(self) -> list[Registered]:
        return [resource for resource in self.resources if resource.type.startswith("command:")]


class Provider(mocks.Mocks):
    def __init__(self, recording: Recording, preview: bool) -> None:
        self.recording = recording
        self.preview = preview

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if self.preview:
            return None, dict(args.inputs)  # nothing exists yet: ids and all that is computed are unknown
        computed = {
            key: value.replace("{name}", args.name) if isinstance(value, str) else value
            for key, value in COMPUTED.get(args.typ, {}).items()
        }
        return f"{args.name}-id", {**args.inputs, **computed}

    def call(self, args: mocks.MockCallArgs) -> Any:
        self.recording.invokes.append((args.token, args.args))
        return ANSWERS.get(args.token) or ({}, [("name", "nothing matches")])


class Monitor(mocks.MockMonitor):
    def __init__(self, provider: Provider) -> None:
        super().__init__(provider)
        self.recording = provider.recording

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object)
            self.recording.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    parent=_name(request.parent) if "pulumi:pulumi:Stack" not in _type(request.parent) else "",
                    inputs=_plain(inputs),
                    secret_inputs=frozenset(key for key, value in inputs.items() if rpc.is_rpc_secret(value)),
                    dependencies=tuple(sorted(_name(urn) for urn in request.dependencies)),
                    deleted_with=_name(request.deletedWith),
                    protect=request.protect,
                    delete_before_replace=request.deleteBeforeReplace,
                    ignore_changes=tuple(request.ignoreChanges),
                    replace_on_changes=tuple(request.replaceOnChanges),
                    before_delete=tuple(request.hooks.before_delete),
                    secret_outputs=tuple(request.additionalSecretOutputs),
                    aliases=tuple(alias.spec.name for alias in request.aliases)
                    + tuple(_name(urn) for urn in request.aliasURNs),
                    delete_limit=request.customTimeouts.delete,
                )
            )
        parent: Any = super()
        response = parent.RegisterResource(request)
        for key in request.additionalSecretOutputs:
            if key in response.object.fields:
                _make_secret(response.object.fields[key])
        return response

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> Any:
        if _type(request.urn) == "pulumi:pulumi:Stack":
            outputs = rpc.deserialize_properties(request.outputs)
            self.recording.outputs = _plain(outputs)
            self.recording.secret_outputs = frozenset(key for key, value in outputs.items() if rpc.is_rpc_secret(value))
        parent: Any = super()
        return parent.RegisterResourceOutputs(request)


def _make_secret(value: struct_pb2.Value) -> None:
    """As the engine does, so that what is made of a secret output is seen to be secret."""
    plain = struct_pb2.Value()
    plain.CopyFrom(value)
    value.struct_value[rpc._special_sig_key] = rpc._special_secret_sig
    value.struct_value.fields["value"].CopyFrom(plain)


def _name(urn: str) -> str:
    return urn.split("::")[-1] if urn else ""


def _type(urn: str) -> str:
    return urn.split("::")[2].split("$")[-1] if urn else ""


def _plain(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, pulumi.FileAsset):
        return f"file {value.path}"
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
