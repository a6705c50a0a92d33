"""Property values as the engine sends them: unknowns, secrets and assets inside plain JSON."""

from typing import Any

from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.rpc import UNKNOWN

Values = dict[str, Any]

# sdk/go/common/resource/sig: the key that marks a special value, and the mark of a secret.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"


def from_struct(message: struct_pb2.Struct) -> Values:
    """Python values; whole numbers as int (a Struct has only floats)."""
    values: Values = _whole(MessageToDict(message))
    return values


def to_struct(values: Values) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(values)
    return message


def secret(value: Any) -> Values:
    """The value, marked so that the engine keeps it encrypted."""
    return {SIGNATURE: SECRET, "value": value}


def reveal(value: Any) -> Any:
    """The value without its secret marks: what a provider acts on."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return reveal(value["value"])
        return {key: reveal(item) for key, item in value.items()}
    return [reveal(item) for item in value] if isinstance(value, list) else value


def unknown(value: Any) -> bool:
    """Whether any part of the value is not known yet."""
    if isinstance(value, dict):
        return any(unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(unknown(item) for item in value)
    return bool(value == UNKNOWN)


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
