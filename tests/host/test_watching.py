"""A release is watched while it goes live, and taken back by itself where it does worse than the one before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from slipway_host import colours, history
from slipway_host.activate import activate
from slipway_host.errors import Failure
from slipway_host.rollback import rollback
from slipway_host.watching import judgement, visitors
from slipway_host.watching.sample import Sample, measured, percentile

from tests.host import host_standins, site_standin
from tests.host.host_standins import GIVEN, FileServices
from tests.host.site_standin import DOMAIN, Behaviour, Site, visit

UNSAFE = '{"failed": null, "applied": [{"name": "shop.0002", "class": "additive", "safe_back": false, "why": "w"}]}'


@pytest.fixture
def site(root: Path, certificate: Path) -> Iterator[Site]:
    """A host behind its nginx; r1 is live, r2 prepared, and the window is short."""
    paths, services = host_standins.host(root)
    rules = {"domain": DOMAIN, "watch_seconds": 0.6, "watch_max_p99_ms": 400}
    paths.rules.write_text(json.dumps(rules))
    with site_standin.shown(certificate, paths) as site:
        for name in ("r1", "r2"):
            host_standins.prepared(paths, name)
        activate(site.paths, services, "r1", "d1", GIVEN)
        site.asked.clear()
        yield site


def services(site: Site) -> FileServices:
    return FileServices(site.paths.root / "units")


def release(site: Site, name: str = "r2") -> None:
    activate(site.paths, services(site), name, "d1", GIVEN)


def live(site: Site) -> str | None:
    return colours.wears(site.paths, colours.live(site.paths)).release


def test_what_the_prober_counts_is_printed_and_kept_with_the_release(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    release(site)
    figures = history.read(site.paths)[-1].measured
    assert figures is not None
    assert figures.keys() == {"requests", "failures", "p50_ms", "p99_ms", "longest_ms"}
    assert figures["requests"] > 20 and figures["failures"] == 0
    assert 0 < figures["p50_ms"] <= figures["p99_ms"] <= figures["longest_ms"]
    assert f"activate: {figures['requests']} requests meanwhile, 0 failed, p50 " in capsys.readouterr().out
    assert set(site.asked) == {("/-/health", DOMAIN, "slipway-prober")}


def test_a_release_that_answers_500_is_taken_back_and_held(site: Site) -> None:
    site.releases = {"r2": Behaviour(status=500)}
    with pytest.raises(Failure) as failure:
        release(site)
    last = history.read(site.paths)[-1]
    assert failure.value.sentence == (f"Release r2 was taken back, since {last.reason}. Release r1 is serving again.")
    assert last.reason and last.reason.endswith(" requests of the prober failed (answered 500)")
    assert (live(site), last.kind, last.number) == ("r1", "taken back", 2)
    assert last.measured and last.measured["failures"] >= 1
    assert services(site).marked("active") == services(site).marked("enabled") == {"blue"}
    with pytest.raises(Failure, match=r"^Release r2 is held since .*, when it was taken back \(\d+ of \d+ requests of"):
        release(site)
    host_standins.prepared(site.paths, "r3")
    release(site, "r3")
    assert live(site) == "r3"


def test_a_release_that_has_become_slow_is_taken_back(site: Site) -> None:
    site.releases = {"r2": Behaviour(seconds=0.5)}
    with pytest.raises(
        Failure, match=r"since p99 of the prober's requests was [5-9]\d\d ms, beyond watchMaxP99Ms \(400\)"
    ):
        release(site)
    assert live(site) == "r1"


def test_what_the_release_before_did_as_badly_is_not_the_new_ones_fault(site: Site) -> None:
    site.releases = {"r1": Behaviour(status=503, seconds=0.1), "r2": Behaviour(status=503, seconds=0.1)}
    release(site)
    assert live(site) == "r2"


def test_a_release_that_cannot_be_gone_back_from_stays_and_says_so(site: Site) -> None:
    host_standins.prepared(site.paths, "r3", UNSAFE)
    site.releases = {"r3": Behaviour(status=500)}
    with pytest.raises(Failure) as failure:
        release(site, "r3")
    assert failure.value.sentence.endswith(
        "failed (answered 500). It was not taken back, since its migration shop.0002 makes the code before unsafe (w): "
        "release a correction, or go back all the same with `slipway rollback --force`."
    )
    last = history.read(site.paths)[-1]
    assert (live(site), last.kind, site.paths.held.exists()) == ("r3", "release", False)
    assert last.reason and last.reason.endswith("failed (answered 500)")


def test_a_rollback_is_measured_and_stays_whatever_it_answers(site: Site) -> None:
    release(site)
    site.releases = {"r1": Behaviour(status=500)}
    with pytest.raises(
        Failure, match=r"^Release r1 is live, but .*\. It was not taken back, since it was gone back to"
    ):
        rollback(site.paths, services(site), None, by=None, reason=None)
    last = history.read(site.paths)[-1]
    assert (live(site), last.kind) == ("r1", "rollback")
    assert last.measured and last.measured["failures"] >= 1


def test_a_connection_that_nginx_ends_between_requests_is_no_failure(site: Site) -> None:
    site.releases = {"r1": Behaviour(closes_idle=True), "r2": Behaviour(closes_idle=True)}
    release(site)
    figures = history.read(site.paths)[-1].measured
    assert figures and figures["requests"] > 10 and figures["failures"] == 0


def test_a_slow_page_is_asked_for_less_often(site: Site) -> None:
    site.releases = {"r1": Behaviour(seconds=0.1), "r2": Behaviour(seconds=0.1)}
    release(site)
    figures = history.read(site.paths)[-1].measured
    assert figures and 4 <= figures["requests"] <= 16, "two askers that rest as long as they waited"


def test_errors_that_only_visitors_meet_take_a_release_back(root: Path, certificate: Path) -> None:
    paths, units = host_standins.host(root)
    paths.rules.write_text(json.dumps({"domain": DOMAIN, "watch_seconds": 0.4}))

    def visitor() -> None:
        shown.visited("/basket/", 500 if live(shown) == "r2" else 200)

    with site_standin.shown(certificate, paths, visitor) as shown:
        for name in ("r1", "r2"):
            host_standins.prepared(paths, name)
        activate(shown.paths, units, "r1", "d1", GIVEN)
        with pytest.raises(Failure, match=r"\d+ of \d+ requests of visitors failed \(answered 500\)\. Release r1 is"):
            release(shown)
        assert live(shown) == "r1"


def test_a_single_request_that_the_prober_loses_counts() -> None:
    assert judgement.of_prober([], [Sample(ended=1, seconds=0.1, failure="connection refused")], 2000) == (
        "1 of 1 requests of the prober failed (connection refused)"
    )


def some(count: int, failed: int = 0, seconds: float = 0.01) -> list[Sample]:
    failures = ["answered 500"] * failed + [None] * (count - failed)
    return [Sample(ended=1, seconds=seconds, failure=failure) for failure in failures]


@pytest.mark.parametrize(
    ("before", "after", "fine"),
    [
        (some(1000), some(100, failed=1), False),
        (some(1000, failed=1), some(100, failed=1), True),
        (some(1000, failed=1), some(100, failed=2), False),
        (some(100, failed=10), some(100, failed=20), True),
        (some(100, failed=10), some(100, failed=21), False),
        ([], some(100, failed=1), False),
        (some(100), [], True),
    ],
)
def test_failures_count_by_what_was_usual_before(before: list[Sample], after: list[Sample], fine: bool) -> None:
    assert (judgement.of_visitors(before, after, 2000) is None) == fine


def test_pages_that_always_were_slow_and_handfuls_are_not_judged_by_their_pace() -> None:
    assert judgement.of_visitors(some(100, seconds=3), some(100, seconds=4), 2000) is None
    assert judgement.of_visitors(some(100, seconds=0.1), some(19, seconds=4), 2000) is None
    assert judgement.of_visitors(some(100, seconds=0.1), some(20, seconds=4), 2000) == (
        "p99 of the visitors' requests was 4000 ms, beyond watchMaxP99Ms (2000)"
    )


def test_percentiles_are_times_that_were_measured() -> None:
    samples = [Sample(ended=0, seconds=number / 1000, failure=None) for number in range(1, 101)]
    assert [percentile(samples, percent) for percent in (50, 99, 100)] == [50, 99, 100]
    assert measured(samples[:1]) == {"requests": 1, "failures": 0, "p50_ms": 1, "p99_ms": 1, "longest_ms": 1}


def test_the_log_is_read_for_what_visitors_asked_of_the_app(tmp_path: Path) -> None:
    static = visit("/static/x.css", 200, 0.001).replace('"0.001"', '"-"')
    ours = visit("/-/health", 500, 0.01, agent="slipway-report")
    quoted = visit("/?q=\\x22", 502, 1.5, ended=1234.5)
    (tmp_path / "log").write_text("half a li\n" + static + ours + quoted + visit("/", 404, 0.02, ended=1236))
    assert visitors.read(tmp_path / "log") == [
        Sample(ended=1234.5, seconds=1.5, failure="answered 502"),
        Sample(ended=1236, seconds=0.02, failure=None),
    ]
    assert visitors.read(tmp_path / "none") == []
