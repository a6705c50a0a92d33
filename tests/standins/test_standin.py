"""A stand-in speaks the engine's protocol as the real provider would, and refuses by name what it does not know."""

from collections.abc import Iterator

import grpc
import pytest

from rehearsal.providers.kind import Kind
from rehearsal.providers.standin import StandIn
from rehearsal.providers.values import SECRET, SIGNATURE, Values, secret, unknown
from tests.standins.provider_calls import Changes, Provider, refusal, serving

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Boat(Kind):
    """A resource type with one of everything."""

    type = "harbour:index/boat:Boat"
    required = frozenset({"name"})
    optional = frozenset({"length", "cargo"})
    replaces = frozenset({"name"})
    computed = frozenset({"berth"})

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        return f"boat-{inputs['name']}", {"berth": 7}


@pytest.fixture(scope="module")
def harbour() -> Iterator[Provider]:
    with serving(StandIn("harbour", "1.0.0", [Boat()], {})) as provider:
        yield provider


@pytest.mark.parametrize("call", ["check", "create", "delete"])
def test_a_type_without_a_stand_in_is_refused_by_name(harbour: Provider, call: str) -> None:
    with pytest.raises(grpc.RpcError) as error:
        match call:
            case "check":
                harbour.check("aws:s3/bucket:Bucket", {}, name="logs")
            case "create":
                harbour.create("aws:s3/bucket:Bucket", {}, name="logs")
            case "delete":
                harbour.delete("aws:s3/bucket:Bucket", "id", {})
    name = "it" if call == "delete" else "logs"
    assert refusal(error) == (
        f"The rehearsal has no stand-in for resource type aws:s3/bucket:Bucket (resource {name})."
    )


def test_a_lookup_without_a_stand_in_is_refused_by_name(harbour: Provider) -> None:
    with pytest.raises(grpc.RpcError) as error:
        harbour.invoke("aws:s3/getBucket:getBucket", {})
    assert refusal(error) == "The rehearsal has no stand-in for the lookup aws:s3/getBucket:getBucket."


def test_an_input_it_does_not_know_is_refused_by_name(harbour: Provider) -> None:
    _, failures = harbour.check(Boat.type, {"name": "a", "sails": 3})
    assert failures == [f"sails: the rehearsal's stand-in for {Boat.type} does not know this input"]


def test_a_required_input_that_is_missing_is_named(harbour: Provider) -> None:
    _, failures = harbour.check(Boat.type, {})
    assert failures == [f"name: {Boat.type} needs it"]


def test_whole_numbers_arrive_whole_and_secrets_wrapped(harbour: Provider) -> None:
    taken, _ = harbour.check(Boat.type, {"name": "a", "length": 12.0, "cargo": secret("gold")})
    assert taken == {"name": "a", "length": 12, "cargo": {SIGNATURE: SECRET, "value": "gold"}}
    assert type(taken["length"]) is int


def test_a_secret_stays_one_in_the_outputs(harbour: Provider) -> None:
    id, outputs = harbour.create(Boat.type, {"name": secret("a"), "cargo": secret("gold")})
    assert id == "boat-a", "the kind acts on the value itself"
    assert outputs == {"name": secret("a"), "cargo": secret("gold"), "berth": 7}


def test_a_previewed_creation_knows_no_computed_output(harbour: Provider) -> None:
    _, outputs = harbour.create(Boat.type, {"name": "a"}, preview=True)
    assert outputs == {"name": "a", "berth": UNKNOWN}


def test_a_previewed_update_keeps_the_computed_outputs(harbour: Provider) -> None:
    olds = {"name": "a", "length": 1, "berth": 7}
    assert harbour.update(Boat.type, "id", olds, {"name": "a", "length": 2}, preview=True) == {**olds, "length": 2}


def test_a_change_is_in_place_unless_its_input_is_one_that_replaces(harbour: Provider) -> None:
    old = {"name": "a", "length": 1}
    assert harbour.diff(Boat.type, old, old) == Changes(some=False, replaces=[])
    assert harbour.diff(Boat.type, old, {"name": "a"}) == Changes(some=True, replaces=[])
    assert harbour.diff(Boat.type, old, {"name": "b", "length": 1}) == Changes(some=True, replaces=["name"])
    assert harbour.diff(Boat.type, old, {"name": UNKNOWN, "length": 1}) == Changes(some=True, replaces=["name"])


def test_a_change_that_is_to_be_ignored_is_none(harbour: Provider) -> None:
    old, new = {"name": "a", "length": 1}, {"name": "b", "length": 1}
    assert harbour.diff(Boat.type, old, new, ignore=("name",)) == Changes(some=False, replaces=[])


def test_becoming_secret_is_no_change(harbour: Provider) -> None:
    assert harbour.diff(Boat.type, {"name": "a"}, {"name": secret("a")}) == Changes(some=False, replaces=[])


def test_part_of_a_value_unknown_makes_it_unknown() -> None:
    assert unknown({"a": [1, {"b": UNKNOWN}]}) and not unknown({"a": [1, {"b": "known"}]})
