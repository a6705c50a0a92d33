"""Asks a freshly loaded application for its health page before gunicorn accepts a single connection.

gunicorn.conf.py calls `require_answer(server.app.wsgi())` in on_starting: the application is loaded (preload_app),
nothing listens yet, and READY has not been sent, so that a release that cannot answer never serves.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

SECONDS = 10
LENGTH = 4096
# django.core.handlers.exception: what becomes of DisallowedHost.
REFUSED_HOST = 400

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def require_answer(application: Application, seconds: float = SECONDS) -> None:
    """Raises RuntimeError (which gunicorn prints as one line) unless the page answers well within `seconds`.

    The page is that of SLIPWAY_HEALTH_PATH, / where that is not set.
    A child process asks, so that neither connections nor threads that the request leaves behind reach the workers.
    """
    page = os.environ.get("SLIPWAY_HEALTH_PATH") or "/"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.write(writing, verdict(application, os.environ["SLIPWAY_DOMAIN"], page).encode()[:LENGTH])
        os._exit(0)
    os.close(writing)
    answer = read_within(reading, seconds)
    os.close(reading)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if answer is None:
        raise RuntimeError(f"slipway: GET {page} had no answer within {seconds:g} s")
    if answer != "ok":
        raise RuntimeError(f"slipway: {answer or f'the process that asked for GET {page} died'}")


def read_within(descriptor: int, seconds: float) -> str | None:
    """What the child wrote; None when it wrote nothing in time."""
    ready, _, _ = select.select([descriptor], [], [], seconds)
    return os.read(descriptor, LENGTH).decode(errors="replace") if ready else None


def verdict(application: Application, domain: str, page: str) -> str:
    """Says "ok", or the sentence that says how GET of that page went wrong."""
    statuses: list[str] = []
    try:
        body = application(request(domain, page), lambda status, headers, exc_info=None: statuses.append(status))
        for _ in body:
            pass
        if isinstance(body, contextlib.AbstractContextManager) or hasattr(body, "close"):
            body.close()
    except BaseException as error:
        traceback.print_exc()
        return f"GET {page} raised {type(error).__name__}: {error}"
    if not statuses:
        return f"GET {page} ended without a status"
    return judged(page, statuses[-1])


def judged(page: str, status: str) -> str:
    """A page may ask for a login or be missing; a server's error is a failure, and so is what a refused Host gets."""
    code = int(status.split()[0])
    if code == REFUSED_HOST:
        return f"GET {page} answered {status}, as Django does for a name that is not in ALLOWED_HOSTS"
    return "ok" if code < 500 else f"GET {page} answered {status}"


def request(domain: str, page: str) -> dict[str, Any]:
    """A visitor's first request, as nginx would pass it on (PEP 3333)."""
    path, _, query = page.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "RAW_URI": page,
        "QUERY_STRING": query,
        "SERVER_NAME": domain,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": domain,
        "HTTP_USER_AGENT": "slipway-probe",
        "HTTP_ACCEPT": "text/html,*/*",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
