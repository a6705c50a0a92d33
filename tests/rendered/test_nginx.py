"""The server blocks, read by a real nginx."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.rendered.nginx_files import certified, configured
from tests.rendered.texts import rendered


@pytest.fixture
def nginx(tmp_path: Path) -> Path:
    """A configuration without a certificate."""
    return configured(tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A configuration with one, and with the site."""
    return certified(configured(tmp_path))


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["nginx", "-t", "-p", str(folder), "-c", str(folder / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )


def test_nginx_starts_before_there_is_a_certificate(nginx: Path) -> None:
    result = check(nginx)
    assert result.returncode == 0, result.stderr
    assert "warn" not in result.stderr and "emerg" not in result.stderr


def test_nginx_takes_the_site_once_there_is_one(site: Path) -> None:
    result = check(site)
    assert result.returncode == 0, result.stderr
    assert "warn" not in result.stderr and "emerg" not in result.stderr


def test_a_location_and_its_alias_both_end_in_a_slash() -> None:
    text = rendered("nginx/site.conf.j2")[0]
    pairs = re.findall(r"location (\S+) \{\s+alias (\S+);", text)
    assert pairs == [("/static/", "/srv/app/static/"), ("/media/", "/srv/app/media/")]


def test_the_app_hears_nothing_from_a_client_about_where_the_request_came_from() -> None:
    text = rendered("nginx/site.conf.j2")[0]
    headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", text))
    assert {name: value for name, value in headers.items() if value != '""'} == {
        "Host": "$host",
        "X-Forwarded-For": "$remote_addr",
        "X-Forwarded-Proto": "$scheme",
        "X-Real-IP": "$remote_addr",
    }
    assert {"X-Forwarded-Ssl", "X-Forwarded-Protocol", "X-Forwarded-Host", "Forwarded", "Connection"} <= headers.keys()


def test_hsts_is_the_app_s_alone() -> None:
    assert not [t for t in ("nginx/nginx.conf.j2", "nginx/site.conf.j2") if "Strict-Transport" in rendered(t)[0]]


def test_the_policy_is_mozillas_intermediate() -> None:
    text = rendered("nginx/nginx.conf.j2")[0]
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    (ciphers,) = re.findall(r"ssl_ciphers (\S+);", text)
    assert len(ciphers.split(":")) == 6 and all(cipher.startswith("ECDHE-") for cipher in ciphers.split(":"))
