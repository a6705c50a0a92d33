#!/usr/bin/python3
"""Stands for Amazon's SSM agent in a rehearsed machine: tells Systems Manager of it, as its instance's role.

It runs in the machine, alone and on Python's standard library.
"""

import hashlib
import hmac
import json
import time
import urllib.request
from collections.abc import Mapping

METADATA = "http://169.254.169.254/latest"
TARGET = "AmazonSSM.UpdateInstanceInformation"
VERSION = "3.0.0.0"
# Amazon's own reports every five minutes: a rehearsal would wait for it.
SECONDS = 2


def main() -> None:
    said = ""
    while True:
        try:
            report()
            words = "connected"
        except (OSError, ValueError) as error:
            words = str(error)
        if words != said:
            print(said := words, flush=True)
        time.sleep(SECONDS)


def report() -> None:
    """Say who is here; OSError where nobody listens or AWS refuses."""
    token = _ask(f"{METADATA}/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}, method="PUT")
    session = {"X-aws-ec2-metadata-token": token}
    region, instance = (_ask(f"{METADATA}/meta-data/{path}", session) for path in ("placement/region", "instance-id"))
    roles = f"{METADATA}/meta-data/iam/security-credentials/"
    keys = json.loads(_ask(roles + _ask(roles, session), session))
    body = json.dumps({"InstanceId": instance, "AgentVersion": VERSION, "AgentName": "amazon-ssm-agent"})
    host = f"ssm.{region}.amazonaws.com"
    _ask(f"https://{host}/", signed(keys, host, region, body, time.gmtime()), method="POST", body=body)


def signed(keys: Mapping[str, str], host: str, region: str, body: str, now: time.struct_time) -> dict[str, str]:
    """The headers of a POST to / of `host`, by AWS Signature Version 4. `keys` are the metadata service's."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", now)
    scope = f"{moment[:8]}/{region}/ssm/aws4_request"
    headers = {"host": host, "x-amz-date": moment, "x-amz-security-token": keys["Token"], "x-amz-target": TARGET}
    names = ";".join(headers)
    lines = ["POST", "/", "", *(f"{name}:{value}" for name, value in headers.items()), "", names, _digest(body)]
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, _digest("\n".join(lines))])
    key = f"AWS4{keys['SecretAccessKey']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"{keys['AccessKeyId']}/{scope}"
    return headers | {
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={proof}",
        "content-type": "application/x-amz-json-1.1",
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _ask(url: str, headers: Mapping[str, str], *, method: str = "GET", body: str | None = None) -> str:
    request = urllib.request.Request(url, method=method, headers=dict(headers), data=body.encode() if body else None)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(answer.read().decode())


if __name__ == "__main__":
    main()
