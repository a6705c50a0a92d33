"""The host's reports, against AWS's own signer and moto's CloudWatch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from moto import mock_aws
from slipway_host.cli import main
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.reporting import journal, metrics
from slipway_host.reporting import report as reports
from slipway_host.reporting.events import BATCH_BYTES, MESSAGE_BYTES, Event, batches, ship
from slipway_host.reporting.instance import this_instance
from slipway_host.reporting.logfiles import Position, moment, read
from slipway_host.reporting.measures import disk_used_percent, memory_used_percent
from slipway_host.reporting.state import State
from slipway_host.reporting.web import Refused

from tests.host.aws_standins import CREDENTIALS, METADATA, Answers, client, instance, served

NAMESPACE = "Slipway/slipway-test"
GROUPS = {kind: f"/slipway/slipway-test/{kind}" for kind in ("nginx-access", "nginx-error", "app", "system")}
CONFIG = reports.Config(namespace=NAMESPACE, domain="www.example.org", groups=GROUPS)


@pytest.fixture
def answers() -> Answers:
    return Answers(pages=dict(METADATA))


@pytest.fixture
def cloud(answers: Answers) -> Iterator[str]:
    """CloudWatch, which lets in only what is signed as AWS's own library signs it."""
    with mock_aws(), served(answers, cloud=True) as url:
        for group in GROUPS.values():
            client("logs").create_log_group(logGroupName=group)
        yield url


def messages(kind: str) -> list[str]:
    stream = {"logGroupName": GROUPS[kind], "logStreamName": "i-0123456789abcdef0"}
    return [event["message"] for event in client("logs").get_log_events(**stream, startFromHead=True)["events"]]


def now() -> int:
    return int(time.time() * 1000)


def test_an_instance_learns_from_imdsv2_what_it_is_and_may(answers: Answers) -> None:
    with served(answers) as metadata:
        found = this_instance(metadata)
    assert (found.id, found.region) == ("i-0123456789abcdef0", "eu-central-1")
    assert found.services == "https://{service}.eu-central-1.amazonaws.com"
    assert found.credentials.access_key == "AKIDEXAMPLE"
    assert "secret" not in repr(found) and "token" not in repr(found)


def test_a_host_without_metadata_or_role_says_so(answers: Answers) -> None:
    with served(answers) as metadata:
        answers.pages.pop("/latest/meta-data/iam/security-credentials/")
        with pytest.raises(Refused, match=r"^127\.0\.0\.1:\d+ answers 404$"):
            this_instance(metadata)
    with pytest.raises(Refused, match=r"^127\.0\.0\.1:\d+ cannot be reached \(.*refused.*\)$"):
        this_instance(metadata)


def test_metrics_arrive_under_the_instance(cloud: str) -> None:
    metrics.put(instance(cloud), NAMESPACE, {"DiskUsedPercent": (41.25, "Percent"), "SiteAnswers": (1.0, "None")})
    found = client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName="DiskUsedPercent",
        Dimensions=[{"Name": "InstanceId", "Value": "i-0123456789abcdef0"}],
        StartTime=datetime.now(UTC) - timedelta(minutes=5),
        EndTime=datetime.now(UTC) + timedelta(minutes=5),
        Period=60,
        Statistics=["Average"],
    )
    assert [point["Average"] for point in found["Datapoints"]] == [41.25]


def test_a_forged_request_is_refused(cloud: str, answers: Answers) -> None:
    forger = replace(instance(cloud), credentials=replace(CREDENTIALS, secret_key="another"))
    with pytest.raises(Refused, match=r"answers 403$"):
        metrics.put(forger, NAMESPACE, {"SiteAnswers": (1.0, "None")})


def test_the_first_event_of_an_instance_makes_its_stream(cloud: str, answers: Answers) -> None:
    ship(instance(cloud), GROUPS["app"], [Event(moment=now(), message="one")])
    ship(instance(cloud), GROUPS["app"], [Event(moment=now(), message="two ü")])
    assert messages("app") == ["one", "two ü"]
    targets = [headers["X-Amz-Target"].rpartition(".")[2] for headers, _ in answers.posts]
    assert targets == ["PutLogEvents", "CreateLogStream", "PutLogEvents", "PutLogEvents"]


def test_a_group_that_is_not_there_is_a_refusal(cloud: str) -> None:
    with pytest.raises(Refused) as refused:
        ship(instance(cloud), "/slipway/nowhere", [Event(moment=now(), message="x")])
    assert refused.value.code == "ResourceNotFoundException"


def test_batches_are_in_order_of_time_and_within_every_limit() -> None:
    day = 24 * 3600 * 1000
    events = [Event(moment=5, message="later"), Event(moment=1, message="sooner"), Event(moment=3, message=" ")]
    assert [[event.message for event in batch] for batch in batches(events)] == [["sooner", "later"]]
    assert [len(batch) for batch in batches([Event(moment=1, message="x")] * 10_001)] == [10_000, 1]
    assert [len(batch) for batch in batches([Event(moment=m, message="x") for m in (0, day - 1, day)])] == [2, 1]
    full = list(batches([Event(moment=1, message="ü" * 60_000)] * 40))
    assert sum(map(len, full)) == 40
    for batch in full:
        assert sum(len(event.message.encode()) + 26 for event in batch) <= BATCH_BYTES
        assert all(len(event.message.encode()) <= MESSAGE_BYTES + 4 for event in batch)


def test_a_log_is_read_on_from_where_it_was_left(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    assert read(log, Position()) == ([], Position())
    log.write_text("one\ntwo\nthr")
    events, position = read(log, Position())
    assert [event.message for event in events] == ["one", "two"]
    assert read(log, position) == ([], position), "a line without an end is not finished"
    with log.open("a") as file:
        file.write("ee\n")
    assert [event.message for event in read(log, position)[0]] == ["three"]


def test_no_line_is_lost_when_the_log_is_rotated(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("one\n")
    _, position = read(log, Position())
    with log.open("a") as file:
        file.write("two\n")
    log.rename(tmp_path / "access.log.1")
    log.write_text("three\n")
    events, position = read(log, position)
    assert [event.message for event in events] == ["two"]
    events, position = read(log, position)
    assert [event.message for event in events] == ["three"]
    assert read(log, position)[0] == []


def test_a_log_that_was_emptied_is_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    log.write_text("a long line before\n")
    _, position = read(log, Position())
    log.write_text("new\n")
    assert [event.message for event in read(log, position)[0]] == ["new"]


def test_a_line_of_nginx_keeps_its_own_time() -> None:
    access = '203.0.113.9 - - [22/Nov/2026:22:11:06 +0100] "GET / HTTP/1.1" 200 5 "-" "curl"'
    assert moment(access) == int(datetime(2026, 11, 22, 21, 11, 6, tzinfo=UTC).timestamp() * 1000)
    local = datetime(2026, 11, 22, 22, 11, 6).astimezone()
    assert moment("2026/11/22 22:11:06 [error] 7#7: *1 connect() failed") == int(local.timestamp() * 1000)
    assert moment("no time at all") is None and moment("[99/Foo/2026:00:00:00 +0000]") is None


def test_the_app_is_told_apart_in_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        {"__CURSOR": "a", "__REALTIME_TIMESTAMP": "1700000000123456", "MESSAGE": "Traceback", "_PID": "7"}
        | {"_SYSTEMD_SLICE": "system-app.slice", "SYSLOG_IDENTIFIER": "gunicorn"},
        {"__CURSOR": "b", "__REALTIME_TIMESTAMP": "1700000001000000", "MESSAGE": "Accepted publickey", "_PID": "8"}
        | {"_SYSTEMD_SLICE": "system.slice", "SYSLOG_IDENTIFIER": "sshd"},
        {"__CURSOR": "b", "__REALTIME_TIMESTAMP": "1700000001000000", "MESSAGE": "Task received", "_PID": "9"}
        | {"_SYSTEMD_SLICE": "system-process.slice", "SYSLOG_IDENTIFIER": "mail"},
        {"__CURSOR": "c", "__REALTIME_TIMESTAMP": "1700000002000000", "MESSAGE": [0xE4, 98, 99]},
        {"__CURSOR": "d", "__REALTIME_TIMESTAMP": "1700000003000000", "MESSAGE": None},
    ]
    calls: list[list[str]] = []

    def first_lines(arguments: list[str], most: int) -> tuple[list[str], bool]:
        calls.append(arguments[5:])
        return [json.dumps(entry) for entry in entries], True

    monkeypatch.setattr(journal, "first_lines", first_lines)
    of_the_app = [
        Event(moment=1700000000123, message="Traceback"),
        Event(moment=1700000001000, message="mail[9]: Task received"),
    ]
    assert journal.read("app", "before") == (of_the_app, "d")
    events, cursor = journal.read("system", "")
    assert cursor == "d"
    assert [event.message for event in events] == [
        "sshd[8]: Accepted publickey",
        "unknown: \N{REPLACEMENT CHARACTER}bc",
        "unknown: ",
    ]
    slices = [f"_SYSTEMD_SLICE=system-{kind}.slice" for kind in ("app", "process", "schedule")]
    assert calls == [["--after-cursor=before", *slices], ["--boot"]]


def test_a_journal_that_does_not_know_its_cursor_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "first_lines", lambda arguments, most: ([], False))
    assert journal.read("app", "lost") == ([], "")
    monkeypatch.setattr(journal, "first_lines", lambda arguments, most: ([], True))
    assert journal.read("app", "known") == ([], "known")


def test_memory_is_what_programs_hold() -> None:
    text = (
        "MemTotal:        2000000 kB\nMemFree:          100000 kB\nMemAvailable:     500000 kB\nHugePages_Total:  0\n"
    )
    assert memory_used_percent(text) == 75.0


def test_the_disk_is_a_percentage_of_itself(tmp_path: Path) -> None:
    assert 0 < disk_used_percent(tmp_path) < 100


def test_a_whole_report_is_shipped_once(
    cloud: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text("MemTotal: 4 kB\nMemAvailable: 1 kB\n")
    logs = root / "var/log/nginx"
    logs.mkdir(parents=True)
    stamp = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    (logs / "access.log").write_text(f'203.0.113.9 - - [{stamp}] "GET / HTTP/1.1" 502 5 "-" "curl"\n')
    entry = {"__CURSOR": "c", "__REALTIME_TIMESTAMP": str(now() * 1000), "MESSAGE": "hello"}
    both = [json.dumps({**entry, "_SYSTEMD_SLICE": "system-app.slice"}), json.dumps(entry)]

    def first_lines(arguments: list[str], most: int) -> tuple[list[str], bool]:
        return ([] if "--after-cursor=c" in arguments else both), True

    monkeypatch.setattr(journal, "first_lines", first_lines)
    state = State(path=tmp_path / "report.json")
    for _ in range(2):
        reports.report(CONFIG, state, root, lambda: instance(cloud))
    assert messages("nginx-access") == [f'203.0.113.9 - - [{stamp}] "GET / HTTP/1.1" 502 5 "-" "curl"']
    assert messages("app") == ["hello"] and messages("system") == ["unknown: hello"]
    names = {metric["MetricName"] for metric in client("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"]}
    assert {"MemoryUsedPercent", "DiskUsedPercent", "SiteAnswers"} <= names
    assert capsys.readouterr().out == ""


def test_what_is_refused_is_complained_of_once_and_shipped_later(
    cloud: str, answers: Answers, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text("MemTotal: 4 kB\nMemAvailable: 1 kB\n")
    entry = json.dumps({"__CURSOR": "c", "__REALTIME_TIMESTAMP": str(now() * 1000), "MESSAGE": "kept"})
    cursors: list[str] = []

    def first_lines(arguments: list[str], most: int) -> tuple[list[str], bool]:
        if len(arguments) == 6:  # without the colours: the system's
            cursors.append(arguments[-1])
        return ([] if "--after-cursor=c" in arguments else [entry]), True

    monkeypatch.setattr(journal, "first_lines", first_lines)
    said: list[str] = []
    state = State(path=tmp_path / "report.json")
    for number in (1, 2):
        answers.refuse = {"PutLogEvents": (400, f'{{"__type":"AccessDeniedException","message":"not you {number}"}}')}
        reports.report(CONFIG, state, root, lambda: instance(cloud), said.append)
    assert len(said) == 1 and "answers 400. {" in said[0] and "not you 1" in said[0], (
        "a refusal names what AWS said, once"
    )
    answers.refuse = {}
    reports.report(CONFIG, state, root, lambda: instance(cloud), said.append)
    assert said[1:] == ["Everything is reported again."]
    assert messages("system") == ["unknown: kept"] and cursors == ["--boot", "--boot", "--boot"]


def test_a_log_that_is_refused_has_no_other_sent_twice(
    cloud: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text("MemTotal: 4 kB\nMemAvailable: 1 kB\n")
    entry = {"__CURSOR": "c", "__REALTIME_TIMESTAMP": str(now() * 1000), "MESSAGE": "hello"}
    both = [json.dumps({**entry, "_SYSTEMD_SLICE": "system-app.slice"}), json.dumps(entry)]

    def first_lines(arguments: list[str], most: int) -> tuple[list[str], bool]:
        return ([] if "--after-cursor=c" in arguments else both), True

    monkeypatch.setattr(journal, "first_lines", first_lines)
    client("logs").delete_log_group(logGroupName=GROUPS["system"])
    said: list[str] = []
    for _ in range(3):
        reports.report(CONFIG, State(path=tmp_path / "report.json"), root, lambda: instance(cloud), said.append)
    assert messages("app") == ["hello"] and len(said) == 1


def test_a_host_that_reaches_no_aws_tries_again_and_fails_nothing(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> None:
        raise Refused("169.254.169.254 cannot be reached (timed out)")

    monkeypatch.setattr(reports.report, "__defaults__", (root, nowhere, print))
    (root / "etc/slipway").mkdir(parents=True)
    (root / "etc/slipway/report.json").write_text(json.dumps(vars(CONFIG)))
    arguments = ["report", "--state", str(tmp_path)]
    assert [main(arguments, Paths(root=root)) for _ in range(2)] == [0, 0]
    assert capsys.readouterr().out == (
        "Not everything is reported: 169.254.169.254 cannot be reached (timed out).\n"
    ), "one line, not one a minute"


def test_a_host_that_was_not_told_where_to_report_says_so(root: Path, tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"report\.json does not say where to report; deploy again"):
        reports.read_config(root / "etc/slipway/report.json")


def test_a_spoilt_state_is_begun_anew(tmp_path: Path) -> None:
    state = State(path=tmp_path / "report.json")
    for spoilt in ("{", "[]", '{"app": 3}', '{"app": {"inode": null, "offset": 1}}'):
        (tmp_path / "report.json").write_text(spoilt)
        assert (state.position("app"), state.text("app")) == (Position(), "")
    state.save("app", Position(inode=1, offset=2))
    assert state.position("app") == Position(inode=1, offset=2)
