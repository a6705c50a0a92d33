"""What visitors, strangers and the app behind it get from the rendered nginx configuration."""

from __future__ import annotations

import re
import shutil
import ssl
import time
from collections.abc import Iterator

import pytest

from tests.rendered.nginx_files import certified, configured
from tests.rendered.serving import Served, serve
from tests.rendered.texts import DOMAIN

TIMED = re.compile(
    r'127\.0\.0\.1 - - \[[^]]+\] "(?P<request>[^"]*)" (?P<status>\d{3}) \d+ "[^"]*" "[^"]*" '
    r'(?P<seconds>\d+\.\d{3}) (?P<moment>\d+\.\d{3}) "(?P<app>-|\d+\.\d{3})"'
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The site with some files on its disk."""
    folder = certified(configured(tmp_path_factory.mktemp("nginx")))
    for path, text in {
        "srv/app/static/css/site.css": "a{}",
        "srv/app/static/css/site.0123456789ab.css": "a{}",
        "srv/app/static/LICENSE.0123456789ab": "free",
        "srv/app/media/photo.png": "PNG",
        "srv/app/media/page.html": "<script>steal()</script>",
        "srv/app/media/drawing.svg": "<svg/>",
        "srv/app/media/paper.pdf": "PDF",
        "srv/app/secret": "secret",
        "var/www/acme/.well-known/acme-challenge/token": "thumbprint",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    with serve(folder) as running:
        yield running
    shutil.rmtree(folder)


def test_a_page_comes_from_the_app_over_http_1_1(served: Served) -> None:
    answer = served.get("/")
    assert answer.status == 200
    assert b'"version": "HTTP/1.1"' in answer.body


def test_the_app_is_told_who_asks_and_how_and_nothing_a_client_made_up(served: Served) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Ssl": "off",
        "X-Forwarded-Protocol": "http",
        "X-Forwarded-Port": "80",
        "X-Forwarded-Scheme": "http",
        "X-Url-Scheme": "http",
        "Forwarded": "for=6.6.6.6",
        "Proxy": "evil.example",
        "X-Real-IP": "6.6.6.6",
        "Connection": "X-Forwarded-Proto",
    }
    seen = served.get("/", headers=forged).seen_by_app()
    assert {name: value for name, value in seen.items() if name not in ("Accept-Encoding",)} == {
        "Host": DOMAIN,
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Proto": "https",
        "X-Real-IP": "127.0.0.1",
    }


def test_health_is_what_the_app_says_at_its_path_as_a_visitor_would_hear_it(served: Served) -> None:
    answer = served.get("/-/health")
    assert (answer.status, answer.path_seen_by_app()) == (200, "/healthy/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.seen_by_app() == served.get("/").seen_by_app()
    assert served.get("/-/health/x").path_seen_by_app() == "/-/health/x", "one path is taken from the project, no more"


def test_health_is_asked_often_and_leads_around_no_limit(served: Served) -> None:
    assert {served.get("/-/health").status for _ in range(100)} == {200}
    assert served.get("/-/health", method="POST").status == 403, "healthPath may be that of a form"


def test_a_request_is_in_the_log_within_a_second_with_what_it_took_and_health_is_not(served: Served) -> None:
    log = served.folder / "var/log/nginx/access.log"
    before = time.time()
    for path in ("/-/health", "/of-the-app?this", "/static/css/site.css"):
        served.get(path, headers={"User-Agent": "log reader"})
    time.sleep(1.3)
    lines = [line for line in log.read_text().splitlines() if '"log reader"' in line]
    found = [TIMED.fullmatch(line) for line in lines]
    assert [match and match["request"] for match in found] == [
        "GET /of-the-app?this HTTP/1.1",
        "GET /static/css/site.css HTTP/1.1",
    ]
    for match in found:
        assert match and match["status"] == "200" and float(match["seconds"]) < 1
        assert before - 0.001 < float(match["moment"]) < time.time()
    assert [match and match["app"] == "-" for match in found] == [False, True]


def test_http_leads_to_https(served: Served) -> None:
    answer = served.plain("/shop/?page=2")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{DOMAIN}/shop/?page=2")


def test_www_leads_to_the_domain(served: Served) -> None:
    for answer in (
        served.plain("/shop/?page=2", host=f"www.{DOMAIN}"),
        served.get("/shop/?page=2", host=f"www.{DOMAIN}"),
    ):
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{DOMAIN}/shop/?page=2")


@pytest.mark.parametrize("host", [DOMAIN, f"www.{DOMAIN}"])
def test_the_acme_challenge_is_answered_over_http(served: Served, host: str) -> None:
    answer = served.plain("/.well-known/acme-challenge/token", host=host)
    assert (answer.status, answer.body) == (200, b"thumbprint")


def test_an_unknown_name_gets_no_answer_over_http(served: Served) -> None:
    with pytest.raises(ConnectionResetError):
        served.plain("/", host="evil.example")


def test_an_unknown_name_gets_no_certificate(served: Served) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized_name"):
        served.connect("evil.example")


def test_a_file_with_a_hash_in_its_name_is_kept_for_ever_and_no_other(served: Served) -> None:
    for path, caching in {
        "/static/css/site.0123456789ab.css": "public, max-age=31536000, immutable",
        "/static/LICENSE.0123456789ab": "public, max-age=31536000, immutable",
        "/static/css/site.css": "public, max-age=300",
    }.items():
        answer = served.get(path)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, caching), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cache-Control" not in served.get("/static/gone.0123456789ab.css").headers, "a 404 must not stick"


@pytest.mark.parametrize(
    ("path", "disposition", "sandboxed"),
    [
        ("/media/photo.png", None, True),
        ("/media/page.html", "attachment", True),
        ("/media/drawing.svg", "attachment", True),
        ("/media/paper.pdf", None, False),
    ],
)
def test_an_upload_cannot_run_in_the_sites_origin(
    served: Served, path: str, disposition: str | None, sandboxed: bool
) -> None:
    answer = served.get(path)
    assert answer.status == 200
    assert answer.headers.get("Content-Disposition") == disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("sandbox" in answer.headers.get("Content-Security-Policy", "")) is sandboxed


@pytest.mark.parametrize("path", ["/media/../secret", "/media../secret", "/static/../secret", "/media/%2e%2e/secret"])
def test_nothing_beside_the_two_folders_is_served(served: Served, path: str) -> None:
    assert served.get(path).body != b"secret"


def test_a_link_that_the_app_put_among_its_uploads_leads_nowhere(served: Served) -> None:
    link = served.folder / "srv/app/media/link"
    link.symlink_to(served.folder / "srv/app/secret")
    assert served.get("/media/link").status == 403
    link.unlink()


def test_guessing_passwords_is_slowed_down_and_reading_is_not(served: Served) -> None:
    guesses = [served.get("/accounts/login/", method="POST").status for _ in range(60)]
    assert guesses[:40] == [200] * 40, "a person who mistypes notices nothing"
    assert guesses[-1] == 429
    assert {served.get("/accounts/login/").status for _ in range(60)} == {200}
    assert {served.get("/articles/", method="POST").status for _ in range(60)} == {200}


def test_the_version_of_nginx_is_nobodys_business(served: Served) -> None:
    assert served.get("/static/gone").headers["Server"] == "nginx"


def test_the_server_speaks_tls_1_3(served: Served) -> None:
    with served.connect(DOMAIN) as connection:
        assert connection.version() == "TLSv1.3"
