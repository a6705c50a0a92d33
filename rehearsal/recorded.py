"""What the engine wrote into a rehearsal's state file: read at once, without starting the engine."""

import base64
import hashlib
import json
from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from rehearsal.errors import RehearsalError
from rehearsal.homes import Home

# Keeps nothing secret by itself: a rehearsal's secrets are generated, and the mode of its state's folder protects them.
PASSPHRASE = "rehearsal"
# Marks an encrypted value. Source: pulumi sdk/go/common/resource/sig.go.
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
# Source: pulumi sdk/go/common/resource/config/crypt.go.
ROUNDS, KEY_BYTES = 1_000_000, 32


def outputs(home: Home, show_secrets: bool = False) -> dict[str, Any]:
    """The stack's outputs as its last run left them; the secret ones in clear only where that is asked for."""
    checkpoint = _checkpoint(home)
    roots = [row for row in checkpoint.get("resources") or [] if row["type"] == "pulumi:pulumi:Stack"]
    values = roots[0].get("outputs", {}) if roots else {}
    if not show_secrets:
        return {key: "[secret]" if _is_secret(value) else value for key, value in values.items()}
    salt = checkpoint.get("secrets_providers", {}).get("state", {}).get("salt", "")
    return {key: _revealed(value["ciphertext"], salt) if _is_secret(value) else value for key, value in values.items()}


def protected(home: Home) -> list[str]:
    """The names of the resources that the engine refuses to delete, as its last run left them."""
    rows = _checkpoint(home).get("resources") or []
    return [str(row["urn"]).split("::")[-1] for row in rows if row.get("protect")]


def chosen(home: Home, wanted: Iterable[str]) -> list[str]:
    """The URNs that names, URNs or patterns such as **::NAME mean; RehearsalError for one that means none."""
    urns = [str(row["urn"]) for row in _checkpoint(home).get("resources") or []]
    return [urn for one in wanted for urn in _matching(home.stack, urns, one)]


def _matching(stack: str, urns: list[str], wanted: str) -> list[str]:
    found = [urn for urn in urns if fnmatchcase(urn, wanted if "::" in wanted else f"*::{wanted}")]
    if found:
        return found
    near = get_close_matches(wanted, [urn.split("::")[-1] for urn in urns], n=1)
    hint = f"did you mean {near[0]}?" if near else f"`rehearse preview -s {stack}` names them."
    raise RehearsalError(f"Stack {stack} has no resource {wanted}: {hint}")


def _checkpoint(home: Home) -> dict[str, Any]:
    # Not by the name that the settings give: the rehearsal may be at work just now.
    path = next((home.path / "state" / ".pulumi" / "stacks").glob(f"*/{home.stack}.json"), None)
    return json.loads(path.read_text())["checkpoint"].get("latest") or {} if path else {}


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def _revealed(ciphertext: str, salt: str) -> Any:
    """`v1:NONCE:TEXT` in base64, encrypted by AES-GCM; the text is JSON."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    _, nonce, text = ciphertext.split(":")
    return json.loads(AESGCM(_key(salt)).decrypt(base64.b64decode(nonce), base64.b64decode(text), None))


@cache
def _key(salt: str) -> bytes:
    """`v1:SALT:PROOF`: the key of a stack, a third of a second's work on purpose."""
    return hashlib.pbkdf2_hmac("sha256", PASSPHRASE.encode(), base64.b64decode(salt.split(":")[1]), ROUNDS, KEY_BYTES)
