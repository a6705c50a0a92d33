"""The site as a visitor on this very host sees it: the certificate that nginx really serves, and an answer."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass

from slipway_host.run import run

NGINX = ("127.0.0.1", 443)
SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Seen:
    """`answers`: no error of the server's; `certificate_ends`: seconds since 1970, None if there was no handshake."""

    answers: bool
    certificate_ends: float | None


def look(domain: str, nginx: tuple[str, int] = NGINX) -> Seen:
    """Asks for the app's health over TLS. Who issued the certificate is the browsers' business: a test one will do."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    ends = None
    try:
        with (
            socket.create_connection(nginx, timeout=SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=domain) as secure,
        ):
            ends = end_of(secure.getpeercert(binary_form=True))
            headers = f"Host: {domain}\r\nUser-Agent: slipway-report\r\nConnection: close\r\n"
            secure.sendall(f"GET /-/health HTTP/1.1\r\n{headers}\r\n".encode())
            answer = http.client.HTTPResponse(secure)
            answer.begin()
            return Seen(answers=answer.status < 500, certificate_ends=ends)
    except (OSError, http.client.HTTPException):
        return Seen(answers=False, certificate_ends=ends)


def end_of(certificate: bytes | None) -> float | None:
    """When a certificate ends; None where openssl cannot read it."""
    if not certificate:
        return None
    result = run(["openssl", "x509", "-noout", "-enddate"], stdin=ssl.DER_cert_to_PEM_cert(certificate))
    _, found, moment = result.output.strip().partition("notAfter=")
    return float(ssl.cert_time_to_seconds(moment)) if result.ok and found else None
