"""How the host sees its own site: against a real TLS server."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from slipway_host.reporting.site import Seen, end_of, look


@contextmanager
def site(certificate: Path, status: int, asked: list[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.headers["Host"], self.path))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield "127.0.0.1", server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "answers"), [(200, True), (302, True), (404, True), (502, False)])
def test_the_site_answers_unless_the_error_is_the_servers(certificate: Path, status: int, answers: bool) -> None:
    asked: list[tuple[str, str]] = []
    with site(certificate, status, asked) as nginx:
        seen = look("www.example.org", nginx)
    assert (seen.answers, asked) == (answers, [("www.example.org", "/-/health")])
    assert seen.certificate_ends is not None
    assert 19.9 < (seen.certificate_ends - time.time()) / 86400 < 20.1, (
        "the certificate that is served, not one on disk"
    )


def test_nothing_listens(certificate: Path) -> None:
    with site(certificate, 200, []) as nginx:
        pass
    assert look("www.example.org", nginx) == Seen(answers=False, certificate_ends=None)


def test_no_certificate_has_no_end() -> None:
    assert end_of(None) is None
    assert end_of(b"no certificate") is None
