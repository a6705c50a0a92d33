"""Requests to AWS: no proxy of the environment, no redirect, a time limit, and one kind of failure."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping


class Refused(Exception):
    """AWS could not be reached or said no: what happened, AWS's own text about it, and its name for it if it has one.

    The text differs from one time to the next (request ids), what happened does not.
    """

    def __init__(self, happened: str, said: str = "", code: str = "") -> None:
        super().__init__(happened)
        self.happened = happened
        self.said = said
        self.code = code


def ask(
    method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None, *, seconds: float
) -> bytes:
    """The body of the answer; Refused for everything but an answer of the 200s."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}), method=method)
    try:
        with opener.open(request, timeout=seconds) as answer:
            content: bytes = answer.read()
            return content
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(10_000)
        raise Refused(f"{request.host} answers {error.code}", _one_line(said), _code(said)) from None
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise Refused(f"{request.host} cannot be reached ({reason})") from None


def _one_line(said: bytes) -> str:
    return " ".join(said.decode(errors="replace").split())[:300]


def _code(said: bytes) -> str:
    """The error's name in the JSON of CloudWatch Logs, such as ResourceNotFoundException."""
    try:
        return str(json.loads(said)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return ""
