"""The password verifier, against the example of RFC 7677."""

import base64
import hashlib
import hmac

from slipway_host.scram import verifier

SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
AUTH_MESSAGE = (
    b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    b"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
)


def test_the_server_key_gives_the_signature_of_the_rfc() -> None:
    server_key = base64.b64decode(verifier("pencil", SALT).rpartition(":")[2])
    signature = hmac.digest(server_key, AUTH_MESSAGE, "sha256")
    assert base64.b64encode(signature) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_the_stored_key_verifies_the_proof_of_the_rfc() -> None:
    stored_key = base64.b64decode(verifier("pencil", SALT).partition("=$")[2].partition(":")[0])
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    signature = hmac.digest(stored_key, AUTH_MESSAGE, "sha256")
    client_key = bytes(a ^ b for a, b in zip(proof, signature, strict=True))
    assert hashlib.sha256(client_key).digest() == stored_key


def test_the_verifier_names_its_parameters_and_never_repeats() -> None:
    assert verifier("pencil").startswith("SCRAM-SHA-256$4096:")
    assert verifier("pencil") != verifier("pencil"), "each call draws a salt"
    assert "pencil" not in verifier("pencil")
