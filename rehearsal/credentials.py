"""Credentials of a role, as an instance gets them for some hours: made here, and known again here."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

LIFETIME_SECONDS = 6 * 3600


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """An access key with its secret, and the session token without which it is worth nothing."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)
    expires: int


@dataclass(frozen=True, kw_only=True)
class Mint:
    """Makes credentials and knows them again, by a key of its own that lies at `path`."""

    path: Path

    def issue(self, instance: str) -> Credentials:
        """Credentials of the role that the instance has."""
        expires = int(time.time()) + LIFETIME_SECONDS
        claim = base64.urlsafe_b64encode(json.dumps({"instance": instance, "expires": expires}).encode()).decode()
        return self._of(claim, instance, expires)

    def known(self, token: str) -> tuple[str, Credentials] | None:
        """The instance that a token was made for, and its credentials; None for one that is forged or too old."""
        claim, _, proof = token.partition(".")
        if not hmac.compare_digest(proof, self._seal(f"token {claim}")):
            return None
        row = json.loads(base64.urlsafe_b64decode(claim))
        if row["expires"] < time.time():
            return None
        return row["instance"], self._of(claim, row["instance"], row["expires"])

    def _of(self, claim: str, instance: str, expires: int) -> Credentials:
        access_key = f"ASIA{hashlib.sha256(instance.encode()).hexdigest()[:16].upper()}"
        return Credentials(
            access_key=access_key,
            secret_key=self._seal(f"secret {claim}"),
            token=f"{claim}.{self._seal(f'token {claim}')}",
            expires=expires,
        )

    def _seal(self, text: str) -> str:
        return hmac.digest(self._key(), text.encode(), "sha256").hex()

    def _key(self) -> bytes:
        if not self.path.exists():
            draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
                sink.write(secrets.token_bytes(32))
            draft.rename(self.path)
        return self.path.read_bytes()
