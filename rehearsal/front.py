"""The few internet names that are used, answered over HTTPS: Amazon's trust store, Let's Encrypt's directories, and
CloudWatch.

Run as `python -m rehearsal.front ADDRESS CERTIFICATE KEY FOLDER REGION ACCOUNT`; it serves until it is ended.
"""

import json
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax.saxutils import escape

from rehearsal.reported import Reported
from rehearsal.signatures import Refused

TRUST_STORE = "truststore.pki.rds.amazonaws.com"
BUNDLE_PATH = "/global/global-bundle.pem"
ACME_NAMES = ("acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org")
ACME_PORT = 14000
# What hosts report to, by the first word of its name.
REPORTS = ("logs", "monitoring")
LARGEST_REPORT = 2 * 1024 * 1024


def names(region: str) -> tuple[str, ...]:
    """Every name that this computer answers for a cloud in that AWS region."""
    return (TRUST_STORE, *ACME_NAMES, *(f"{service}.{region}.amazonaws.com" for service in REPORTS))


class Front(BaseHTTPRequestHandler):
    """Says what the real hosts would say; any other path is 404, as there."""

    bundle: bytes = b""
    reported: Reported
    timeout = 10

    def do_GET(self) -> None:
        host = self.host()
        if (host, self.path) == (TRUST_STORE, BUNDLE_PATH):
            self.answer(200, self.bundle)
        elif host in ACME_NAMES and self.path == "/directory":
            # pebble's directory has a fixed path and port; ACME clients follow the redirect.
            self.answer(302, b"", location=f"https://{host}:{ACME_PORT}/dir")
        else:
            self.answer(404, b"The stand-in internet has no such page.\n")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """A host's report, in CloudWatch's two manners of speaking: JSON for logs, a form and XML for metrics."""
        host, length = self.host(), self.headers.get("Content-Length", "0")
        service = host.partition(".")[0]
        if host not in names(self.reported.region)[-len(REPORTS) :] or not length.isdigit():
            return self.answer(404, b"The stand-in internet has no such page.\n")
        if int(length) > LARGEST_REPORT:
            return self.answer(413, b"")
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = self.reported.hear(service, headers, self.rfile.read(int(length)))
        except Refused as refusal:
            status = 403 if "Denied" in refusal.code or "Signature" in refusal.code else 400
            self.answer(status, _refusal(service, refusal))
        else:
            self.answer(200, json.dumps(said).encode() if service == "logs" else b"<PutMetricDataResponse/>")

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


def _refusal(service: str, refusal: Refused) -> bytes:
    if service == "logs":
        return json.dumps({"__type": refusal.code, "message": refusal.words}).encode()
    code, words = escape(refusal.code), escape(refusal.words)
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{words}</Message></Error></ErrorResponse>".encode()


def main(address: str, certificate: str, key: str, folder: str, region: str, account: str) -> None:
    Front.bundle = (Path(folder) / "authority" / "root.pem").read_bytes()
    Front.reported = Reported(folder=Path(folder), region=region, account=account)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer((address, 443), Front)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:7])
