"""The few internet names the program uses, answered over HTTPS: Amazon's trust store and Let's Encrypt's directories.

Run as `python -m rehearsal.front ADDRESS CERTIFICATE KEY BUNDLE`; it serves until it is ended.
"""

import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TRUST_STORE = "truststore.pki.rds.amazonaws.com"
BUNDLE_PATH = "/global/global-bundle.pem"
ACME_NAMES = ("acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org")
ACME_PORT = 14000
NAMES = (TRUST_STORE, *ACME_NAMES)


class Front(BaseHTTPRequestHandler):
    """Says what the real hosts would say; any other path is 404, as there."""

    bundle: bytes = b""
    timeout = 10

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").split(":")[0]
        if (host, self.path) == (TRUST_STORE, BUNDLE_PATH):
            self.answer(200, self.bundle)
        elif host in ACME_NAMES and self.path == "/directory":
            # pebble's directory has a fixed path and port; ACME clients follow the redirect.
            self.answer(302, b"", location=f"https://{host}:{ACME_PORT}/dir")
        else:
            self.answer(404, b"The stand-in internet has no such page.\n")

    do_HEAD = do_GET

    def answer(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def main(address: str, certificate: str, key: str, bundle: str) -> None:
    Front.bundle = Path(bundle).read_bytes()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer((address, 443), Front)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:5])
