"""Asks the site for its health over and over, through nginx and TLS as a visitor does, and times every answer."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time

from slipway_host.watching.sample import Sample

HEALTH = "/-/health"
ASKERS = 2
PACE = 0.04  # seconds from one request of an asker to its next: 50 a second in all
REST = 0.02  # seconds between an answer and the next request, at least; as long as the answer took, if that is longer
PATIENCE = 5.0  # seconds


class Prober:
    """Some threads, each with one connection kept alive. `samples` grows while they ask."""

    def __init__(self, nginx: tuple[str, int], domain: str) -> None:
        self.nginx, self.domain = nginx, domain
        self.samples: list[Sample] = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.ask_on, args=[i], daemon=True) for i in range(ASKERS)]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # Who issued the certificate is the browsers' business.
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def begin(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Returns once what was asked is answered or given up."""
        self.ended.set()
        for thread in self.threads:
            thread.join(PATIENCE + 1)

    def ask_on(self, place: int) -> None:
        """One thread: asks until the end, out of step with the others."""
        connection = Connection(self)
        pause = PACE * place / ASKERS
        while not self.ended.wait(pause):
            began = time.monotonic()
            failure = connection.ask()
            ended = time.monotonic()
            self.samples.append(Sample(ended=ended, seconds=ended - began, failure=failure))
            pause = max(PACE - (ended - began), REST, ended - began)
        connection.close()


class Connection:
    """One connection to nginx, made anew where it ended."""

    def __init__(self, prober: Prober) -> None:
        self.prober = prober
        self.client: http.client.HTTPConnection | None = None

    def ask(self) -> str | None:
        """How a request went wrong; None where it was answered without a server's error."""
        try:
            if self.client is not None:
                try:
                    return self.exchange(self.client)
                except (ConnectionError, http.client.NotConnected):
                    # nginx may end an idle connection at any moment; as a browser does, once more on a new one.
                    self.close()
            self.client = self.connect()
            return self.exchange(self.client)
        except TimeoutError:
            failure = f"no answer within {PATIENCE:g} s"
        except ConnectionRefusedError:
            failure = "connection refused"
        except (OSError, http.client.HTTPException) as error:
            failure = f"cut off: {type(error).__name__}"
        self.close()
        return failure

    def exchange(self, client: http.client.HTTPConnection) -> str | None:
        client.request("GET", HEALTH, headers={"User-Agent": "slipway-prober"})
        answer = client.getresponse()
        answer.read()
        # 400: Django does not take the site's own name.
        return f"answered {answer.status}" if answer.status >= 500 or answer.status == 400 else None

    def connect(self) -> http.client.HTTPConnection:
        plain = socket.create_connection(self.prober.nginx, timeout=PATIENCE)
        try:
            secure = self.prober.context.wrap_socket(plain, server_hostname=self.prober.domain)
        except BaseException:
            plain.close()
            raise
        client = http.client.HTTPConnection(self.prober.domain)
        client.auto_open = 0  # Else it would connect by itself, without TLS.
        client.sock = secure
        return client

    def close(self) -> None:
        if self.client is not None:
            self.client.close()
            self.client = None
