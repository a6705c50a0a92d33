"""What a machine hears of its metadata service, and what CloudWatch takes of a machine."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from rehearsal import tokens
from rehearsal.credentials import Mint
from rehearsal.ledger import Ledger
from rehearsal.metadata import Metadata, Service
from rehearsal.reported import Reported
from rehearsal.signatures import Refused
from tests.standins import clouds

REGION, ACCOUNT = clouds.REGION, "123456789012"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": "Ours"}},
        },
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ours/*",
        },
    ],
}
HEADER = "X-aws-ec2-metadata-token"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instance at this computer's own address, with a profile, a role and a policy; two log groups."""
    (tmp_path / "services").mkdir()
    ledger = Ledger(tmp_path / "ledger.json")
    inputs = {"ami": clouds.ARM, "instanceType": "t4g.small", "iamInstanceProfile": "web"}
    machine = clouds.machine("m1", "127.0.0.1", "subnet-1", "sg-1")
    ledger.put(tokens.INSTANCE, "i-1", {**machine, "inputs": inputs})
    ledger.put(tokens.SUBNET, "subnet-1", {"zone": f"{REGION}a"})
    ledger.put(tokens.INSTANCE_PROFILE, "web", {"role": "web", "inputs": {}})
    ledger.put(tokens.ROLE_POLICY, "web:report", {"role": "web", "inputs": {"policy": json.dumps(POLICY)}})
    for group in ("/ours/app", "/theirs/app"):
        ledger.put(tokens.LOG_GROUP, group, {"inputs": {}})
    return tmp_path


@dataclass
class Client:
    """The machine's side of the metadata service."""

    port: int

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request(method, f"/latest/{path}", headers=headers or {})
        answer = connection.getresponse()
        said = answer.status, answer.read().decode()
        connection.close()
        return said

    def token(self) -> dict[str, str]:
        return {HEADER: self.ask("PUT", "api/token", {f"{HEADER}-ttl-seconds": "60"})[1]}


@pytest.fixture
def machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(Metadata, "service", Service(folder=folder, region=REGION, account=ACCOUNT), raising=False)
    monkeypatch.setattr(Metadata, "log_message", lambda *args: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Metadata) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield Client(port=server.server_address[1])
        server.shutdown()
        thread.join()


def test_an_instance_is_told_what_it_is_and_given_its_role_s_credentials(machine: Client, folder: Path) -> None:
    token = machine.token()
    assert machine.ask("GET", "meta-data/instance-id", token) == (200, "i-1")
    assert machine.ask("GET", "meta-data/placement/region", token) == (200, REGION)
    assert machine.ask("GET", "meta-data/iam/security-credentials/", token) == (200, "web")
    given = json.loads(machine.ask("GET", "meta-data/iam/security-credentials/web", token)[1])
    known = Mint(path=folder / "services" / "credentials.key").known(given["Token"])
    assert known and known[0] == "i-1" and known[1].secret_key == given["SecretAccessKey"]
    assert machine.ask("GET", "meta-data/nothing", token)[0] == 404


def test_without_a_session_s_token_there_is_no_answer(machine: Client) -> None:
    assert machine.ask("GET", "meta-data/instance-id")[0] == 401
    assert machine.ask("GET", "meta-data/instance-id", {HEADER: "guessed"})[0] == 401
    assert machine.ask("PUT", "api/token")[0] == 400
    proxied = {f"{HEADER}-ttl-seconds": "60", "X-Forwarded-For": "10.0.0.9"}
    assert machine.ask("PUT", "api/token", proxied)[0] == 403


def test_an_instance_without_a_profile_has_no_credentials(machine: Client, folder: Path) -> None:
    Ledger(folder / "ledger.json").drop(tokens.INSTANCE_PROFILE, "web")
    assert machine.ask("GET", "meta-data/iam/security-credentials/", machine.token())[0] == 404


def test_a_machine_nobody_knows_is_told_nothing(machine: Client, folder: Path) -> None:
    Ledger(folder / "ledger.json").drop(tokens.INSTANCE, "i-1")
    assert machine.ask("GET", "meta-data/instance-id")[0] == 404


@dataclass
class Host:
    """A host that reports, signing as boto3 does."""

    folder: Path

    @property
    def cloudwatch(self) -> Reported:
        return Reported(folder=self.folder, region=REGION, account=ACCOUNT)

    def send(self, service: str, body: str, *, secret: str = "", **headers: str) -> dict[str, object]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        made = Mint(path=self.folder / "services" / "credentials.key").issue("i-1")
        request = AWSRequest("POST", f"https://{service}.{REGION}.amazonaws.com/", headers, body.encode())
        keys = Credentials(made.access_key, secret or made.secret_key, made.token)
        SigV4Auth(keys, service, REGION).add_auth(request)
        signed = {name.lower(): value for name, value in request.headers.items()}
        return self.cloudwatch.hear(
            service, {**signed, "host": f"{service}.{REGION}.amazonaws.com"}, request.body or b""
        )

    def log(self, action: str, group: str = "/ours/app", events: object = ()) -> dict[str, object]:
        body = {"logGroupName": group, "logStreamName": "i-1", "logEvents": events}
        return self.send("logs", json.dumps(body), **{"X-Amz-Target": f"Logs_20140328.{action}"})

    def metric(self, namespace: str, unit: str = "Percent", *, secret: str = "") -> dict[str, object]:
        member = "MetricData.member.1"
        dimension = f"{member}.Dimensions.member.1"
        body = (
            f"Action=PutMetricData&Version=2010-08-01&Namespace={namespace}&{member}.MetricName=Disk&"
            f"{member}.Value=7.5&{member}.Unit={unit}&{dimension}.Name=InstanceId&{dimension}.Value=i-1"
        )
        return self.send("monitoring", body, secret=secret)


@pytest.fixture
def host(folder: Path) -> Host:
    return Host(folder=folder)


def code(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


def test_a_metric_is_heard(host: Host) -> None:
    host.metric("Ours")
    [row] = host.cloudwatch.metrics()
    assert (row["namespace"], row["MetricName"], row["Value"], row["Dimensions"]) == (
        "Ours", "Disk", 7.5, {"InstanceId": "i-1"},
    )  # fmt: skip


def test_a_metric_is_refused_outside_the_policy_s_namespace_with_a_wrong_unit_or_signature(host: Host) -> None:
    with pytest.raises(Refused) as outside:
        host.metric("Theirs")
    with pytest.raises(Refused) as unit:
        host.metric("Ours", unit="Bananas")
    with pytest.raises(Refused) as forged:
        host.metric("Ours", secret="0" * 64)
    found = [code(outside), code(unit), code(forged)]
    assert found == ["AccessDeniedException", "ValidationError", "InvalidSignatureException"]
    assert host.cloudwatch.metrics() == []


def test_events_go_into_a_stream_of_a_group(host: Host) -> None:
    now = int(time.time() * 1000)
    with pytest.raises(Refused) as early:
        host.log("PutLogEvents", events=[{"timestamp": now, "message": "hello"}])
    assert (code(early), early.value.words) == (
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )
    host.log("CreateLogStream")
    host.log("PutLogEvents", events=[{"timestamp": now, "message": "hello"}, {"timestamp": 1, "message": "old"}][:1])
    assert host.cloudwatch.events("/ours/app") == [{"timestamp": now, "message": "hello"}]
    with pytest.raises(Refused) as again:
        host.log("CreateLogStream")
    assert code(again) == "ResourceAlreadyExistsException"


def test_events_that_cloudwatch_refuses(host: Host) -> None:
    now = int(time.time() * 1000)
    host.log("CreateLogStream")
    for events, words in (
        ([], "1 to 10000 log events make a batch, not 0"),
        ([{"timestamp": now, "message": ""}], "must not be empty"),
        ([{"timestamp": now, "message": "b"}, {"timestamp": now - 1, "message": "a"}], "chronological order"),
        ([{"timestamp": now - 90_000_000, "message": "a"}, {"timestamp": now, "message": "b"}], "more than 24 hours"),
        ([{"timestamp": now, "message": "a" * 1_048_576}], "Upload too large"),
    ):
        with pytest.raises(Refused) as error:
            host.log("PutLogEvents", events=events)
        assert words in error.value.words


def test_another_stack_s_group_is_out_of_reach_and_a_group_must_be_there(host: Host) -> None:
    with pytest.raises(Refused) as other:
        host.log("CreateLogStream", "/theirs/app")
    with pytest.raises(Refused) as missing:
        host.log("CreateLogStream", "/ours/other")
    assert (code(other), code(missing)) == ("AccessDeniedException", "ResourceNotFoundException")


def test_a_profile_that_is_gone_has_no_rights_left(host: Host) -> None:
    Ledger(host.folder / "ledger.json").drop(tokens.INSTANCE_PROFILE, "web")
    with pytest.raises(Refused) as error:
        host.metric("Ours")
    assert code(error) == "AccessDeniedException"


def test_a_token_that_is_forged_or_too_old_is_no_token(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mint = Mint(path=folder / "services" / "credentials.key")
    token = mint.issue("i-1").token
    claim, _, proof = token.partition(".")
    assert mint.known(token) and mint.known(f"{claim}.{proof[::-1]}") is None
    assert mint.known("") is None and mint.known("a.b") is None
    later = time.time() + 7 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert mint.known(token) is None
