"""What nginx shows of a host's live release, over TLS: a server that behaves as a test says that release does."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from slipway_host import colours
from slipway_host.paths import Paths

DOMAIN = "www.example.org"


@dataclass
class Behaviour:
    """How a release answers: a status, after a time, and now and then the end of the connection."""

    status: int = 200
    seconds: float = 0
    closes_idle: bool = False


@dataclass
class Site:
    """What was asked, and how each release answers."""

    paths: Paths
    releases: Mapping[str | None, Behaviour] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def behaviour(self) -> Behaviour:
        release = colours.wears(self.paths, colours.live(self.paths)).release
        return self.releases.get(release, Behaviour())

    def visited(self, path: str, status: int, seconds: float = 0.01) -> None:
        """Writes the line that nginx would of a visitor's request."""
        log = self.paths.access_log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as file:
            file.write(visit(path, status, seconds))


def visit(path: str, status: int, seconds: float, agent: str = "Mozilla/5.0", ended: float | None = None) -> str:
    """A line of nginx's access log, in the format `timed` of nginx.conf."""
    moment = ended or time.time()
    clock = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(moment))
    request = f'198.51.100.7 - - [{clock}] "GET {path} HTTP/2.0" {status} 512 "-" "{agent}"'
    return f'{request} {seconds:.3f} {moment:.3f} "{seconds:.3f}"\n'


def handler(site: Site, answered: Callable[[], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            behaviour = site.behaviour()
            site.asked.append((self.path, self.headers["Host"], self.headers["User-Agent"]))
            time.sleep(behaviour.seconds)
            self.send_response(behaviour.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")
            # As nginx does with a connection that it has kept long enough: without a word.
            self.close_connection = behaviour.closes_idle
            answered()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests look at what was asked."""

    return Handler


@contextmanager
def shown(certificate: Path, paths: Paths, answered: Callable[[], None] = lambda: None) -> Iterator[Site]:
    """The site on a port of its own; its `paths` lead to it."""
    site = Site(paths=paths)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(site, answered))
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    site.paths = replace(paths, nginx=("127.0.0.1", server.server_address[1]))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
