"""The few internet names that are used, answered over HTTPS: Amazon's trust store and the bucket of its SSM agent,
Let's Encrypt's directories, CloudWatch and Systems Manager.

Run as `python -m rehearsal.front ADDRESS CERTIFICATE KEY FOLDER REGION ACCOUNT`; it serves until it is ended.
"""

import json
import ssl
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from rehearsal.agent import package
from rehearsal.reported import Reported
from rehearsal.signatures import Refused
from rehearsal.systems_manager import SystemsManager

TRUST_STORE = "truststore.pki.rds.amazonaws.com"
BUNDLE_PATH = "/global/global-bundle.pem"
ACME_NAMES = ("acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org")
ACME_PORT = 14000
# What hosts report to, by the first word of its name.
REPORTS = ("logs", "monitoring", "ssm")
# AWS Systems Manager User Guide, "Manually install SSM Agent on Debian Server instances".
AGENT_HOST = "s3.{region}.amazonaws.com"
AGENT_PATH = "/amazon-ssm-{region}/latest/debian_{architecture}/amazon-ssm-agent.deb"
ARCHITECTURES = ("amd64", "arm64")
LARGEST_REPORT = 2 * 1024 * 1024


def names(region: str) -> tuple[str, ...]:
    """Every name that this computer answers for a cloud in that AWS region."""
    return (TRUST_STORE, *ACME_NAMES, AGENT_HOST.format(region=region), *reporting_names(region))


def reporting_names(region: str) -> tuple[str, ...]:
    return tuple(f"{service}.{region}.amazonaws.com" for service in REPORTS)


class Front(BaseHTTPRequestHandler):
    """Says what the real hosts would say; any other path is 404, as there."""

    bundle: bytes = b""
    agent_pages: Sequence[tuple[str, str]] = ()
    reported: Reported
    systems_manager: SystemsManager
    timeout = 10

    def do_GET(self) -> None:
        host = self.host()
        if (host, self.path) == (TRUST_STORE, BUNDLE_PATH):
            self.answer(200, self.bundle)
        elif host in ACME_NAMES and self.path == "/directory":
            # pebble's directory has a fixed path and port; ACME clients follow the redirect.
            self.answer(302, b"", location=f"https://{host}:{ACME_PORT}/dir")
        elif (host, self.path) in self.agent_pages:
            self.answer(200, package.built())
        else:
            self.answer(404, b"The stand-in internet has no such page.\n")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """A host's report, in AWS's two manners of speaking: a form and XML for metrics, else JSON."""
        host, length = self.host(), self.headers.get("Content-Length", "0")
        service = host.partition(".")[0]
        if host not in reporting_names(self.reported.region) or not length.isdigit():
            return self.answer(404, b"The stand-in internet has no such page.\n")
        if int(length) > LARGEST_REPORT:
            return self.answer(413, b"")
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = self.hear(service, headers, self.rfile.read(int(length)))
        except Refused as refusal:
            status = 403 if "Denied" in refusal.code or "Signature" in refusal.code else 400
            self.answer(status, _refusal(service, refusal))
        else:
            self.answer(200, b"<PutMetricDataResponse/>" if service == "monitoring" else json.dumps(said).encode())

    def hear(self, service: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        if service == "ssm":
            return self.systems_manager.hear(headers, body)
        return self.reported.hear(service, headers, body)

    def host(self) -> str:
        return (self.headers.get("Host") or "").split(":")[0]

    def answer(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def agent_pages(region: str) -> list[tuple[str, str]]:
    """Host and path of the agent's package, one for each architecture."""
    paths = [AGENT_PATH.format(region=region, architecture=architecture) for architecture in ARCHITECTURES]
    return [(AGENT_HOST.format(region=region), path) for path in paths]


def _refusal(service: str, refusal: Refused) -> bytes:
    if service != "monitoring":
        return json.dumps({"__type": refusal.code, "message": refusal.words}).encode()
    code, words = escape(refusal.code), escape(refusal.words)
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{words}</Message></Error></ErrorResponse>".encode()


def main(address: str, certificate: str, key: str, folder: str, region: str, account: str) -> None:
    Front.bundle = (Path(folder) / "authority" / "root.pem").read_bytes()
    Front.reported = Reported(folder=Path(folder), region=region, account=account)
    Front.agent_pages = agent_pages(region)
    Front.systems_manager = SystemsManager(folder=Path(folder), region=region)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer((address, 443), Front)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:7])
