"""The closing text of `rehearse up`: what changed, how long each part took, how to open the site."""

import time
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import EngineEvent

from rehearsal import report
from rehearsal.homes import Home
from rehearsal.timing import Timing

HOME = Home(project=Path("/p"), stack="local", slot=7, path=Path("/h"))
STACK = "urn:pulumi:local::slipway::pulumi:pulumi:Stack::slipway-local"


def event(**part: Any) -> EngineEvent:
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, **part})


def step(kind: str, op: str, component: str, parent: str = "") -> EngineEvent:
    """One step's beginning or end, on a child of that component."""
    parent = parent or f"urn:pulumi:local::slipway::slipway:components:Server::{component}"
    state = {"type": "t", "urn": f"{parent}-child", "id": "", "parent": parent, "inputs": {}, "outputs": {}}
    metadata = {"op": op, "urn": state["urn"], "type": "t", "new": state, "old": None, "provider": ""}
    return event(**{kind: {"metadata": metadata, "planning": False}})


def summary(**changes: int) -> EngineEvent:
    return event(summaryEvent={"maybeCorrupt": False, "durationSeconds": 1, "resourceChanges": changes})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_component_s_time_is_from_its_first_step_s_start_to_its_last_one_s_end(clock: list[float]) -> None:
    timing = Timing()
    for second, kind, op, component in (
        (1.0, "resourcePreEvent", "create", "server"),
        (2.0, "resourcePreEvent", "update", "database"),
        (3.0, "resourcePreEvent", "same", "network"),
        (4.0, "resOutputsEvent", "create", "server"),
        (9.0, "resOutputsEvent", "update", "database"),
        (9.5, "resOutputsEvent", "create", "server"),
    ):
        clock[0] = second
        timing(step(kind, op, component))
    assert timing.table() == [("server", 8.5), ("database", 7.0)]


def test_components_themselves_are_no_part_of_another(clock: list[float]) -> None:
    timing = Timing()
    timing(step("resourcePreEvent", "create", "server", parent=STACK))
    assert timing.table() == []


def test_errors_are_kept_with_the_name_of_their_resource() -> None:
    timing = Timing()
    for severity, urn, message in (
        ("error", "urn:pulumi:local::slipway::t::server-packages", "apt failed\n"),
        ("error", "", "update failed"),
        ("warning", "", "hm"),
        ("error", "", " \n"),
    ):
        timing(event(diagnosticEvent={"urn": urn, "message": message, "color": "never", "severity": severity}))
    assert timing.errors == [("server-packages", "apt failed"), ("", "update failed")]


@pytest.mark.parametrize(
    ("changes", "connections", "line"),
    [
        ({"same": 40}, 0, "No changes, no SSH connections, 12.3 s."),
        ({"same": 40, "update": 1}, 1, "1 change, 1 SSH connection, 12.3 s."),
        ({"create": 40, "replace": 2}, 31, "42 changes, 31 SSH connections, 12.3 s."),
    ],
)
def test_what_stayed_the_same_is_no_change(changes: dict[str, int], connections: int, line: str) -> None:
    timing = Timing()
    timing(summary(**changes))
    assert report.up(HOME, {}, timing, seconds=12.34, connections=connections).splitlines()[-1] == line


def test_it_says_how_to_open_the_site(clock: list[float]) -> None:
    timing = Timing()
    timing(step("resourcePreEvent", "create", "server"))
    clock[0] = 61.25
    timing(step("resOutputsEvent", "create", "server"))
    timing(summary(create=1))
    values = {"url": "https://a.test/", "address": "198.18.7.10"}
    assert (
        report.up(HOME, values, timing, seconds=70, connections=0)
        == """
Time by part, in seconds (parts overlap):
  server    61.2
1 change, no SSH connections, 70.0 s.

https://a.test/ is up on a machine of this computer, at 198.18.7.10. The name is known to this rehearsal's DNS only:
  curl --cacert /h/caCertificate.pem --resolve a.test:443:198.18.7.10 https://a.test/
  in a browser: add the line `198.18.7.10 a.test` to /etc/hosts, and trust /h/caCertificate.pem for this session.
  DNS server: dig @198.18.7.1 a.test"""
    )


def test_the_outputs_of_a_rehearsal_name_the_root_to_trust() -> None:
    assert report.outputs(HOME, {"url": "u"}) == {"url": "u", "caCertificate": "/h/caCertificate.pem"}
