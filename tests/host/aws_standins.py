"""Stand-ins for what AWS answers to an instance: the metadata service, and CloudWatch as moto knows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from slipway_host.reporting.instance import Instance
from slipway_host.reporting.signature import Credentials

REGION = "eu-central-1"
KEYS = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret+key/of=the+role", "Token": "token=="}
CREDENTIALS = Credentials(access_key="AKIDEXAMPLE", secret_key="secret+key/of=the+role", token="token==")
# What boto3 in the tests signs with; moto looks at no signature.
ANYBODY = {"region_name": REGION, "aws_access_key_id": "x", "aws_secret_access_key": "x"}

METADATA = {
    "/latest/meta-data/instance-id": "i-0123456789abcdef0",
    "/latest/meta-data/placement/region": REGION,
    "/latest/meta-data/services/domain": "amazonaws.com",
    "/latest/meta-data/iam/security-credentials/": "the-role",
    "/latest/meta-data/iam/security-credentials/the-role": json.dumps({"Code": "Success", **KEYS}),
}


@dataclass
class Answers:
    """What a server answers and was asked."""

    pages: dict[str, str] = field(default_factory=dict)
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)  # X-Amz-Target or Action → status, text
    posts: list[tuple[Message, bytes]] = field(default_factory=list)


@contextmanager
def served(answers: Answers, *, cloud: bool = False) -> Iterator[str]:
    """A metadata service or, with `cloud`, AWS: its URL. AWS hands what passes botocore's own check on to moto."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            good = self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"] == "60"
            self.say(200 if good else 400, b"SESSION" if good else b"")

        def do_GET(self) -> None:
            if self.headers["X-aws-ec2-metadata-token"] != "SESSION":
                self.say(401, b"")
            elif self.path in answers.pages:
                self.say(200, answers.pages[self.path].encode())
            else:
                self.say(404, b"<html>404 - Not Found</html>")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answers.posts.append((self.headers, body))
            service = self.headers["Authorization"].split("/")[3]
            action = (self.headers["X-Amz-Target"] or "PutMetricData").rpartition(".")[2]
            if self.headers["Authorization"] != botocore_signature(self.headers, body, service):
                self.say(403, b'{"__type":"InvalidSignatureException"}')
            elif action in answers.refuse:
                status, text = answers.refuse[action]
                self.say(status, text.encode())
            elif cloud:
                passed = {name: self.headers[name] for name in ("X-Amz-Target", "Content-Type", "Authorization")}
                answer = requests.post(
                    f"https://{service}.{REGION}.amazonaws.com/",
                    data=body,
                    headers={name: value for name, value in passed.items() if value},
                    timeout=10,
                )
                self.say(answer.status_code, answer.content)

        def say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def botocore_signature(headers: Message, body: bytes, service: str) -> str:
    """The Authorization that AWS's own library gives to the same request at the same moment."""
    moment = datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    ours = {name: headers[name] for name in ("Content-Type", "X-Amz-Target") if headers[name]}
    request = AWSRequest(method="POST", url=f"http://{headers['Host']}/", data=body, headers=ours)
    request.context["timestamp"] = headers["X-Amz-Date"]
    keys = BotocoreCredentials(KEYS["AccessKeyId"], KEYS["SecretAccessKey"], KEYS["Token"])
    signer = SigV4Auth(keys, service, REGION)
    request.headers["X-Amz-Date"] = moment.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Security-Token"] = KEYS["Token"]
    proof = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    names = signer.signed_headers(signer.headers_to_sign(request))
    return f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, Signature={proof}"


def instance(url: str) -> Instance:
    """An instance whose services all answer at one URL."""
    return Instance(id="i-0123456789abcdef0", region=REGION, credentials=CREDENTIALS, services=url)


def client(service: str) -> Any:
    return boto3.client(service, **ANYBODY)
