"""pulumi-tls's PrivateKey, for SSH keys."""

from collections.abc import Iterator

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rehearsal.providers.kind import Kind
from rehearsal.providers.values import Values, secret


class PrivateKey(Kind):
    type = "tls:index/privateKey:PrivateKey"
    required = frozenset({"algorithm"})
    replaces = required
    computed = frozenset({"privateKeyOpenssh", "privateKeyPem", "publicKeyOpenssh", "publicKeyPem"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if inputs.get("algorithm", "ED25519") != "ED25519":
            yield "algorithm", f"the rehearsal makes ED25519 keys, not {inputs['algorithm']}"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        key = Ed25519PrivateKey.generate()
        encoding, private, public = serialization.Encoding, serialization.PrivateFormat, serialization.PublicFormat
        plain = serialization.NoEncryption()
        openssh = key.public_key().public_bytes(encoding.OpenSSH, public.OpenSSH).decode() + "\n"
        outputs: Values = {
            "privateKeyOpenssh": secret(key.private_bytes(encoding.PEM, private.OpenSSH, plain).decode()),
            "privateKeyPem": secret(key.private_bytes(encoding.PEM, private.PKCS8, plain).decode()),
            "publicKeyOpenssh": openssh,
            "publicKeyPem": key.public_key().public_bytes(encoding.PEM, public.SubjectPublicKeyInfo).decode(),
        }
        return openssh.split()[1][-40:], outputs


KINDS = (PrivateKey,)
