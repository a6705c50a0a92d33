"""The stacks that a team works with: a pull request's, gone without a trace; production's, which refuses to go."""

import json
import shlex
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import caches, tokens
from rehearsal.errors import RehearsalError
from rehearsal.ledger import Entry
from rehearsal.providers.database_rules import log_groups
from rehearsal.reported import Reported
from tests.rehearsal.rig import Rig, checkout, traces

CAA = 257
# nginx keeps its access log in memory for so long (nginx.conf.j2); a report takes some seconds.
NGINX_FLUSH_SECONDS, REPORT_SECONDS = 1, 15
METADATA = "http://169.254.169.254/latest/api/token"


def stack_files(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in project.glob("Pulumi*.yaml")}


@pytest.fixture(scope="module")
def pull_request(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """As `pulumi stack init pr-42 --copy-config-from dev` makes it, with its own name, a replica and no port 22."""
    rig = Rig(checkout(tmp_path_factory.mktemp("pull-request")), stack="pr-42")
    shutil.copy(rig.project / "Pulumi.dev.yaml", rig.project / "Pulumi.pr-42.yaml")
    rig.configure(domain="pr-42.example.org", databaseReadReplica=True, adminCidrs=None, sshThroughSessionManager=True)
    before = stack_files(rig.project)
    try:
        rig.up()
        home = rig.home
        yield rig
        run = rig.rehearse("destroy")
        assert run.code == 0, run.text
    finally:
        rig.rehearse("destroy", "--discard")
    assert set(run.changes()) == {"deleted"}
    assert traces(home.prefix, home.path) == []
    assert stack_files(rig.project) == before, "a rehearsal works on a copy of the settings"


def test_a_pull_request_has_a_site_and_nothing_is_protected(pull_request: Rig) -> None:
    assert pull_request.get().status == 200
    held = [
        entry.id
        for entry in pull_request.ledger().entries.values()
        for key in ("deletionProtection", "disableApiTermination", "finalSnapshotIdentifier")
        if entry.facts["inputs"].get(key)
    ]
    assert held == []


def test_ssh_leads_through_session_manager_alone(pull_request: Rig) -> None:
    with pytest.raises(TimeoutError):
        socket.create_connection((pull_request.address, 22), timeout=3)
    outputs = pull_request.outputs()
    [instance] = pull_request.ledger().of(tokens.INSTANCE)
    assert outputs["ssh"] == f"admin@{instance.id}"
    command = shlex.split(outputs["sshProxyCommand"])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout
        empty, started, banner = (session.stdout.readline() for _ in range(3))
    assert (empty, started[:34]) == ("\n", "Starting session with SessionId: r")
    assert banner.startswith("SSH-2.0-OpenSSH")
    assert pull_request.on_host("systemctl", "is-active", "amazon-ssm-agent").strip() == "active"


def test_aws_makes_no_log_group_beside_the_stack_s_own(pull_request: Rig) -> None:
    ledger = pull_request.ledger()
    written = {group for row in ledger.of(tokens.DB_INSTANCE) for group in log_groups(row.id, row.facts["inputs"])}
    assert written and written <= {group.id for group in ledger.of(tokens.LOG_GROUP)}


def test_the_replica_follows_and_takes_no_writes(pull_request: Rig) -> None:
    primary, replica = databases(pull_request)
    visits = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
    assert pull_request.on("postgres", primary, visits) == "1"
    app = "SELECT current_user, pg_is_in_recovery()"
    assert as_app(pull_request, replica, app).endswith("|t")
    with pytest.raises(RehearsalError, match="cannot execute CREATE TABLE in a read-only transaction"):
        pull_request.on("postgres", replica, "CREATE TABLE t (i int)")


def test_the_app_cannot_ask_for_the_role_s_credentials(pull_request: Rig) -> None:
    ask = (
        f"curl -s -m 3 -o /dev/null -w '%{{http_code}}' -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' {METADATA}"
    )
    assert pull_request.on_host("sh", "-c", ask) == "200"
    assert pull_request.on_host("sh", "-c", f"runuser -u app -- {ask} || true") == "000"


def test_what_the_host_reports_is_what_alarms_and_log_groups_wait_for(pull_request: Rig) -> None:
    pull_request.get("/nothing-here")
    pull_request.on_host("systemctl", "start", "slipway-report.service")
    home, ledger = pull_request.home, pull_request.ledger()
    heard = Reported(folder=home.path, region="eu-central-1", account="")
    metrics = {(row["namespace"], row["MetricName"], json.dumps(row["Dimensions"])) for row in heard.metrics()}
    wanted = {
        (alarm["namespace"], alarm["metricName"], json.dumps(alarm.get("dimensions", {})))
        for alarm in (entry.facts["inputs"] for entry in ledger.of(tokens.METRIC_ALARM))
        if alarm.get("namespace", "AWS/").startswith("Slipway/") and "InstanceId" in alarm.get("dimensions", {})
    }
    assert wanted and wanted <= metrics
    [access] = [group.id for group in ledger.of(tokens.LOG_GROUP) if group.id.endswith("/nginx-access")]
    deadline = time.monotonic() + NGINX_FLUSH_SECONDS + REPORT_SECONDS
    while not any("/nothing-here" in event["message"] for event in heard.events(access)):
        assert time.monotonic() < deadline, heard.events(access)
        # systemd takes more than five starts in ten seconds for a unit gone wild.
        time.sleep(3)
        pull_request.on_host("systemctl", "start", "slipway-report.service")


def test_only_one_authority_may_issue_for_the_name(pull_request: Rig) -> None:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in ["pr-42", "example", "org"]) + b"\0"
    question = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + labels + struct.pack(">2H", CAA, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        plug.settimeout(5)
        plug.sendto(question, (str(pull_request.home.outside), 53))
        answer = plug.recv(4096)
    assert b"\x05issueletsencrypt.org" in answer


def test_production_refuses_to_go_until_its_loss_is_accepted(tmp_path: Path) -> None:
    rig = Rig(checkout(tmp_path), stack="prod")
    before = stack_files(rig.project)
    try:
        rig.up()
        home, [database] = rig.home, list(rig.ledger().of(tokens.DB_INSTANCE))
        [volume] = rig.ledger().of(tokens.VOLUME)
        run = rig.rehearse("destroy")
        assert run.code == 1 and "deleted" not in run.changes()
        [kept] = [line for line in run.text.splitlines() if line.startswith("Stack prod protects ")]
        assert all(name in kept for name in ("server-instance", "database-instance", "media-volume"))
        assert rig.get().status == 200
        assert stack_files(rig.project) == before, "a rehearsal works on a copy of the settings"
        # As docs/destroy-prod.md has it.
        rig.configure(acceptReplacement=["server", "database", "media"])
        rig.up()
        run = rig.rehearse("destroy")
        assert run.code == 0, run.text
    finally:
        rig.rehearse("destroy", "--discard")
    assert traces(home.prefix, home.path) == []
    snapshot = caches.folder() / "snapshots" / f"{database.facts['inputs']['finalSnapshotIdentifier']}.sql"
    assert "CREATE TABLE public.django_migrations" in snapshot.read_text()
    snapshot.unlink()
    (caches.folder() / "snapshots" / f"{volume.id}.img").unlink()


def test_a_preview_of_production_is_complete_without_machines_or_credentials(tmp_path: Path) -> None:
    run = Rig(checkout(tmp_path), stack="prod").rehearse("preview", timeout=120)
    assert run.code == 0, run.text
    assert set(run.changes()) == {"to"} and "server-instance" in run.text and "watch" in run.text


def test_a_zone_that_the_account_has_not_is_one_sentence_before_anything_is_made(tmp_path: Path) -> None:
    run = Rig(checkout(tmp_path), stack="dev").rehearse("preview", "--hosted-zone", "example.net", timeout=120)
    assert run.code == 1 and "server-instance" not in run.text
    last = run.text.rstrip().splitlines()[-1]
    assert last.startswith(
        "`rehearse preview -s dev` failed: slipway:hostedZone is 'example.org', and Route 53 has no such public zone "
    )
    assert last.endswith("no matching Route 53 Hosted Zone found); create the zone, or name the one that exists.")


def databases(rig: Rig) -> tuple[Entry, Entry]:
    """The database, and the replica that follows it."""
    rows = list(rig.ledger().of(tokens.DB_INSTANCE))
    [replica] = [row for row in rows if "source" in row.facts]
    [primary] = [row for row in rows if row.id == replica.facts["source"]]
    return primary, replica


def as_app(rig: Rig, entry: Entry, sql: str) -> str:
    """Run SQL from the web machine as the app does, but on that database machine."""
    script = (
        "set -eu; live=$(readlink /srv/app/live); eval $(grep ^DATABASE_URL= /etc/slipway/$(basename $live).env); "
        f'url=$(echo "$DATABASE_URL" | sed "s/@[^:/]*/@{entry.facts["host"]}/; s/&conn_max_age=[0-9]*//"); '
        'psql --no-psqlrc --tuples-only --no-align "$url"'
    )
    return rig.on_host("sh", "-c", script, stdin=sql).strip()
