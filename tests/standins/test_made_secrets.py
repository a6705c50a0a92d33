"""Passwords and keys are made as asked, and marked as secrets."""

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization

from rehearsal.providers.keys import PrivateKey
from rehearsal.providers.passwords import RandomId, RandomPassword
from rehearsal.providers.standin import StandIn
from rehearsal.providers.values import SECRET, SIGNATURE, Values, reveal
from tests.standins.provider_calls import Provider, serving


@pytest.fixture(scope="module")
def maker() -> Iterator[Provider]:
    with serving(StandIn("maker", "1.0.0", [RandomPassword(), RandomId(), PrivateKey()], {})) as provider:
        yield provider


def test_a_password_is_a_secret_made_as_asked(maker: Provider) -> None:
    asked = {"length": 40, "special": False, "upper": False, "minNumeric": 38}
    taken, failures = maker.check(RandomPassword.type, asked)
    _, outputs = maker.create(RandomPassword.type, taken)
    assert failures == [] and outputs["result"][SIGNATURE] == SECRET
    password = reveal(outputs)["result"]
    assert len(password) == 40 and password.isalnum() and password == password.lower()
    assert sum(char.isdigit() for char in password) >= 38
    assert reveal(maker.create(RandomPassword.type, taken)[1])["result"] != password


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        ({"length": 0}, "length: expected length to be at least 1, got 0"),
        (
            {"length": 3, "minLower": 2, "minUpper": 2},
            "length: 3 is less than the 4 characters that the minimums ask for",
        ),
        (
            {"length": 8, "number": False},
            f"number: the rehearsal's stand-in for {RandomPassword.type} does not know this input",
        ),
    ],
)
def test_a_password_that_cannot_be_is_refused(maker: Provider, asked: Values, failure: str) -> None:
    assert maker.check(RandomPassword.type, asked)[1] == [failure]


def test_an_id_is_the_same_bytes_in_every_notation(maker: Provider) -> None:
    id, outputs = maker.create(RandomId.type, {"byteLength": 4, "prefix": "slipway-"})
    drawn = bytes.fromhex(outputs["hex"].removeprefix("slipway-"))
    assert len(drawn) == 4 and outputs["dec"] == f"slipway-{int.from_bytes(drawn)}"
    assert base64.b64decode(outputs["b64Std"].removeprefix("slipway-")) == drawn
    assert base64.urlsafe_b64decode(id + "==") == drawn
    assert maker.create(RandomId.type, {"byteLength": 4})[0] != id


def test_a_private_key_is_a_secret_and_a_pair(maker: Provider) -> None:
    _, outputs = maker.create(PrivateKey.type, {"algorithm": "ED25519"})
    assert outputs["privateKeyOpenssh"][SIGNATURE] == outputs["privateKeyPem"][SIGNATURE] == SECRET
    private = serialization.load_ssh_private_key(reveal(outputs)["privateKeyOpenssh"].encode(), None)
    encoding, form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    assert outputs["publicKeyOpenssh"] == private.public_key().public_bytes(encoding, form).decode() + "\n"


def test_another_algorithm_is_refused(maker: Provider) -> None:
    _, failures = maker.check(PrivateKey.type, {"algorithm": "RSA"})
    assert failures == ["algorithm: the rehearsal makes ED25519 keys, not RSA"]
