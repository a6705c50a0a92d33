"""The page that nginx shows while the link of `slipway-host maintenance on` is there."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from slipway_host import maintenance
from slipway_host.paths import Paths

from tests.rendered.nginx_files import certified, configured
from tests.rendered.serving import Served, serve


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = certified(configured(tmp_path_factory.mktemp("nginx")))
    (folder / "srv/app/static").mkdir(parents=True)
    (folder / "srv/app/static/site.css").write_text("a{}")
    with serve(folder) as running:
        yield running


@pytest.fixture
def paths(served: Served) -> Iterator[Paths]:
    """The host of that nginx, out of maintenance afterwards."""
    paths = Paths(root=served.folder, user=None, migrator=None, builder=None)
    yield paths
    maintenance.off(paths)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_visitors_get_the_page_and_when_to_come_back(served: Served, paths: Paths, method: str) -> None:
    maintenance.on(paths, 120, "Back at <noon>.")
    answer = served.get("/shop/?page=2", method=method)
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "120", "no-store")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"<p>Back at &lt;noon&gt;.</p>" in answer.body


def test_static_files_and_health_are_as_ever(served: Served, paths: Paths) -> None:
    maintenance.on(paths)
    assert (served.get("/static/site.css").status, served.get("/-/health").path_seen_by_app()) == (200, "/healthy/")


def test_it_begins_and_ends_with_the_next_request_of_a_connection(served: Served, paths: Paths) -> None:
    assert served.get("/").status == 200
    maintenance.on(paths, 60)
    maintenance.on(paths, 90)
    answer = served.get("/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "90")
    maintenance.off(paths)
    assert served.get("/").status == 200


def test_nobody_sees_the_page_at_another_time(served: Served) -> None:
    assert served.get("/-/maintenance").status == 404


def test_what_visitors_are_answered_meanwhile_is_no_error_of_the_app(served: Served, paths: Paths) -> None:
    maintenance.on(paths)
    served.get("/during-maintenance")
    time.sleep(1.3)
    logs = served.folder / "var/log/nginx"
    assert "/during-maintenance" in (logs / "maintenance.log").read_text()
    assert "/during-maintenance" not in (logs / "access.log").read_text()
