"""The request that a release must answer before it may serve."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from slipway_production.probe import Application, require_answer


@pytest.fixture(autouse=True)
def _domain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_DOMAIN", "www.example.org")


def answering(status: str) -> Application:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        assert environ["HTTP_HOST"] == "www.example.org" and environ["wsgi.url_scheme"] == "https"
        start_response(status, [])
        return [b"body"]

    return application


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "404 Not Found", "403 Forbidden"])
def test_an_answer_below_500_is_good_enough(status: str) -> None:
    require_answer(answering(status))


def test_an_answer_of_500_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"^slipway: GET / answered 500 Internal Server Error$"):
        require_answer(answering("500 Internal Server Error"))


def test_a_host_that_is_not_allowed_is_refused_with_the_reason() -> None:
    said = r"^slipway: GET / answered 400 Bad Request, as Django does for a name that is not in ALLOWED_HOSTS$"
    with pytest.raises(RuntimeError, match=said):
        require_answer(answering("400 Bad Request"))


def test_another_page_can_be_the_one_that_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_HEALTH_PATH", "/gr%C3%BC%C3%9Fe/")
    seen: list[str] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(environ["PATH_INFO"].encode("latin-1").decode())
        start_response("200 OK" if seen == ["/grüße/"] else "500 Oops", [])
        return []

    require_answer(application)


def test_an_exception_is_refused_with_its_name() -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise KeyError("boom")

    with pytest.raises(RuntimeError, match=r"^slipway: GET / raised KeyError: 'boom'$"):
        require_answer(application)


def test_an_answer_that_breaks_off_is_refused() -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [])
        yield b"half"
        raise OSError("gone")

    with pytest.raises(RuntimeError, match=r"^slipway: GET / raised OSError: gone$"):
        require_answer(application)


def test_no_answer_in_time_is_refused_and_leaves_no_process(tmp_path: Path) -> None:
    asked = tmp_path / "pid"

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked.write_text(str(os.getpid()))
        time.sleep(60)
        return []

    with pytest.raises(RuntimeError, match=r"^slipway: GET / had no answer within 0.5 s$"):
        require_answer(application, seconds=0.5)
    with pytest.raises(ProcessLookupError):
        os.kill(int(asked.read_text()), 0)


def test_a_process_that_dies_while_it_asks_is_refused() -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        os._exit(9)

    with pytest.raises(RuntimeError, match=r"^slipway: the process that asked for GET / died$"):
        require_answer(application)
