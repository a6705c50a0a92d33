"""Who signed a request: AWS Signature Version 4, computed anew by botocore and compared."""

import hmac
import re
import time
from calendar import timegm
from collections.abc import Mapping
from typing import Any

from rehearsal.credentials import Credentials, Mint

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<proof>[0-9a-f]{64})"
)
# AWS takes a clock that is this much off.
SKEW_SECONDS = 300


class Refused(Exception):
    """AWS's code and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def verified(mint: Mint, service: str, region: str, headers: Mapping[str, str], body: bytes) -> str:
    """The instance whose credentials signed this POST to /; Refused says what is wrong with the signature.

    The names of the headers are in lower case.
    """
    match = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    known = mint.known(headers.get("x-amz-security-token", ""))
    if match is None:
        raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
    if known is None or known[1].access_key != match["key"]:
        raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
    if (match["service"], match["region"]) != (service, region):
        raise Refused("InvalidSignatureException", f"Credential should be scoped to {service} in {region}.")
    moment = headers.get("x-amz-date", "")
    try:
        age = time.time() - timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise Refused("IncompleteSignatureException", f"X-Amz-Date {moment!r} is no date") from None
    if abs(age) > SKEW_SECONDS or not moment.startswith(match["day"]):
        raise Refused("InvalidSignatureException", f"Signature expired: {moment}")
    signed = match["headers"].split(";")
    if "host" not in signed or "x-amz-date" not in signed:
        raise Refused("InvalidSignatureException", "host and x-amz-date must be signed")
    proof = _signature(known[1], service, region, {name: headers.get(name, "") for name in signed}, body)
    if not hmac.compare_digest(proof, match["proof"]):
        raise Refused("InvalidSignatureException", "The request signature we calculated does not match.")
    return known[0]


def _signature(credentials: Credentials, service: str, region: str, headers: Mapping[str, str], body: bytes) -> str:
    # Half a second to import: only a host that reports pays for it.
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as Keys

    auth: Any = SigV4Auth(Keys(credentials.access_key, credentials.secret_key, credentials.token), service, region)
    request: Any = AWSRequest(method="POST", url=f"https://{headers['host']}/", headers=dict(headers), data=body)
    request.context["timestamp"] = headers["x-amz-date"]
    return str(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))
