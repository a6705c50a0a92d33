"""A real nginx with the rendered configuration, and an app behind it that tells what it was sent."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.rendered.texts import DOMAIN


class Echo(BaseHTTPRequestHandler):
    """Answers every request with its own request line and headers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps(
            {"version": self.request_version, "path": self.path, "headers": self.headers.items()}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def address_string(self) -> str:
        return "nginx"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests look at answers."""


class App(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def seen_by_app(self) -> dict[str, str]:
        """The headers that arrived behind nginx."""
        return dict(json.loads(self.body)["headers"])

    def path_seen_by_app(self) -> str:
        return str(json.loads(self.body)["path"])


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running site. `folder` holds what would be the host's root."""

    folder: Path
    http: int
    https: int

    def get(
        self, path: str, *, method: str = "GET", host: str = DOMAIN, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request over HTTPS."""
        with self.connect(host) as connection:
            return exchange(http_over(connection), method, path, {"Host": host, **(headers or {})})

    def plain(self, path: str, host: str = DOMAIN) -> Answer:
        """One request over HTTP."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=5)
        try:
            return exchange(connection, "GET", path, {"Host": host})
        finally:
            connection.close()

    def connect(self, name: str) -> ssl.SSLSocket:
        """A TLS connection that asks for `name`."""
        context = ssl.create_default_context(cafile=str(self.folder / f"etc/letsencrypt/live/{DOMAIN}/fullchain.pem"))
        context.check_hostname = False
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=5)
        try:
            return context.wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise


def http_over(connection: socket.socket) -> http.client.HTTPConnection:
    client = http.client.HTTPConnection(DOMAIN)
    client.sock = connection
    return client


def exchange(client: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]) -> Answer:
    client.request(method, path, headers=headers)
    response = client.getresponse()
    return Answer(status=response.status, headers=dict(response.getheaders()), body=response.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(config: Path) -> Iterator[Served]:
    """Runs nginx on the configuration in `config`, in a short folder: the path of a socket has 108 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="slipway-"))
    served = Served(folder=folder, http=free_port(), https=free_port())
    shutil.copytree(config, folder, dirs_exist_ok=True)
    for path in (folder / "nginx.conf", folder / "etc/nginx/sites/site.conf"):
        text = path.read_text().replace(str(config), str(folder)).replace("/run/app.sock", f"{folder}/run/app.sock")
        text = text.replace("listen 80", f"listen 127.0.0.1:{served.http}")
        text = text.replace("listen 443", f"listen 127.0.0.1:{served.https}")
        path.write_text(text.replace("user www-data;", "user root;" if os.geteuid() == 0 else ""))
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with App(str(folder / "run/app.sock"), Echo) as app, subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx:
        threading.Thread(target=app.serve_forever, daemon=True).start()
        try:
            wait_for(served.https)
            yield served
        finally:
            nginx.terminate()
            nginx.wait(10)
            app.shutdown()
            shutil.rmtree(folder)


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nginx did not start within 5 s")
