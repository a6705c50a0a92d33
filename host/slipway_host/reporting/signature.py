"""AWS Signature Version 4: proves to AWS who sends a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What an instance profile hands out for some hours."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)


def signed(
    credentials: Credentials,
    headers: Mapping[str, str],
    body: bytes,
    *,
    host: str,
    region: str,
    service: str,
    now: datetime,
) -> dict[str, str]:
    """The headers of a POST to / of `host`, with those that prove where it comes from. `now` is in UTC."""
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    complete = {**headers, "X-Amz-Date": moment, "X-Amz-Security-Token": credentials.token}
    lowered = sorted((name.lower(), " ".join(value.split())) for name, value in {**complete, "Host": host}.items())
    names = ";".join(name for name, _ in lowered)
    canonical = "".join(f"{name}:{value}\n" for name, value in lowered)
    request = "\n".join(["POST", "/", "", canonical, names, hashlib.sha256(body).hexdigest()])
    text = "\n".join([ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"{credentials.access_key}/{scope}"
    complete["Authorization"] = f"{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={proof}"
    return complete
