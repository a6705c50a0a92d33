"""Who is told of what, and where the logs go: exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.alarms.alarm import Alarm
from components.alarms.database import database_alarms
from components.alarms.server import server_alarms
from components.alarms.site import ERROR_RATE, site_alarms
from tables.burstable import credits_per_hour
from tests.unit.recording import Recording
from tests.unit.running import run_program

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
HOST = "Slipway/slipway-test"


@pytest.fixture(scope="session")
def full(values: dict[str, Any]) -> Recording:
    """A stack with everything that can be watched, and somebody to tell."""
    wanted = {"alarmEmail": "oncall@example.org", "monthlyBudgetUsd": 80, "databaseReadReplica": True}
    return run_program({**values, **wanted, "logRetentionDays": 90})


def all_alarms() -> list[Alarm]:
    return [*server_alarms("t4g.small"), *site_alarms(), *database_alarms("database", "db.t4g.micro", 20)]


def told(stack: Recording) -> dict[str, tuple[Any, ...]]:
    """Name → namespace, metric, statistic, comparison, threshold, period, bad periods of all, absence."""
    return {
        alarm.inputs["name"]: (
            alarm.inputs.get("namespace"),
            alarm.inputs.get("metricName"),
            alarm.inputs.get("statistic"),
            alarm.inputs["comparisonOperator"],
            alarm.inputs["threshold"],
            alarm.inputs.get("period"),
            f"{alarm.inputs['datapointsToAlarm']:.0f}/{alarm.inputs['evaluationPeriods']:.0f}",
            alarm.inputs["treatMissingData"],
        )
        for alarm in stack.of_type(ALARM)
    }


def test_exactly_these_alarms_watch_a_stack(stack: Recording) -> None:
    below, at_least, above = "LessThanThreshold", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold"
    ec2, rds, status = "AWS/EC2", "AWS/RDS", "StatusCheckFailed"
    assert told(stack) == {
        "slipway-test-server-hardware": (ec2, f"{status}_System", "Maximum", at_least, 1, 60, "2/2", "ignore"),
        "slipway-test-server-unreachable": (ec2, f"{status}_Instance", "Maximum", at_least, 1, 60, "5/5", "ignore"),
        "slipway-test-server-silent": (HOST, "MemoryUsedPercent", "SampleCount", below, 1, 300, "3/3", "breaching"),
        "slipway-test-server-memory": (HOST, "MemoryUsedPercent", "Average", above, 90, 300, "3/3", "ignore"),
        "slipway-test-server-disk": (HOST, "DiskUsedPercent", "Maximum", above, 85, 300, "3/3", "ignore"),
        "slipway-test-server-credits": (ec2, "CPUCreditBalance", "Maximum", below, 12, 300, "12/12", "ignore"),
        "slipway-test-site-down": (HOST, "SiteAnswers", "Minimum", below, 1, 60, "3/5", "ignore"),
        "slipway-test-site-errors": (None, None, None, above, 5, None, "3/5", "notBreaching"),
        "slipway-test-site-certificate": (HOST, "CertificateDaysLeft", "Minimum", below, 10, 300, "3/3", "ignore"),
        "slipway-test-database-storage": (rds, "FreeStorageSpace", "Minimum", below, 2 * 2**30, 300, "6/6", "ignore"),
        "slipway-test-database-cpu": (rds, "CPUUtilization", "Average", above, 90, 300, "3/3", "ignore"),
        "slipway-test-database-connections": (rds, "DatabaseConnections", "Maximum", above, 62, 300, "3/3", "ignore"),
        "slipway-test-database-credits": (rds, "CPUCreditBalance", "Maximum", below, 6, 300, "12/12", "ignore"),
    }


def test_every_alarm_looks_at_its_own_subject(full: Recording) -> None:
    subjects = {
        alarm.inputs["name"].removeprefix("slipway-test-"): alarm.inputs["dimensions"]
        for alarm in full.of_type(ALARM)
        if "dimensions" in alarm.inputs
    }
    server = {"InstanceId": "server-instance-id"}
    for name in ("hardware", "unreachable", "silent", "memory", "disk", "credits"):
        assert subjects.pop(f"server-{name}") == server
    assert subjects.pop("site-down") == subjects.pop("site-certificate") == server
    for about in ("database", "replica"):
        for name in ("storage", "cpu", "connections", "credits"):
            assert subjects.pop(f"{about}-{name}").keys() == {"DBInstanceIdentifier"}
    assert subjects == {}
    main, copy = (
        full.named(f"watch-{about}-cpu").inputs["dimensions"]["DBInstanceIdentifier"]
        for about in ("database", "replica")
    )
    assert copy == f"{main}-replica"


def test_the_error_rate_is_made_of_what_is_counted_in_the_access_log(stack: Recording) -> None:
    errors, requests, result = stack.named("watch-site-errors").inputs["metricQueries"]
    assert [query["id"] for query in (errors, requests, result)] == ["errors", "requests", "result"]
    assert errors["metric"] == {"namespace": HOST, "metricName": "ServerErrors", "stat": "Sum", "period": 60}
    assert requests["metric"] == {"namespace": HOST, "metricName": "Requests", "stat": "Sum", "period": 60}
    assert (result["expression"], result["returnData"]) == (ERROR_RATE, True)
    assert ERROR_RATE == "IF(errors >= 5, 100 * errors / requests, 0)"
    counted = {
        counter.inputs["metricTransformation"]["name"]: (
            counter.inputs["pattern"],
            counter.inputs["metricTransformation"]["namespace"],
            counter.inputs["metricTransformation"]["defaultValue"],
            counter.inputs["logGroupName"],
        )
        for counter in stack.of_type("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    }
    fields = "[address, dash, user, time, request, status{}, bytes, referer, agent, seconds, moment, app]"
    log = "/slipway/slipway-test/nginx-access"
    assert counted == {
        "Requests": (fields.format(""), HOST, "0", log),
        "ServerErrors": (fields.format("=5*"), HOST, "0", log),
    }


def test_every_alarm_and_its_end_are_told_and_only_bad_hardware_acts(update: Recording) -> None:
    topic = update.named("watch-topic-policy").inputs["arn"]
    for alarm in update.of_type(ALARM):
        actions = alarm.inputs["alarmActions"]
        assert actions[0] == topic and alarm.inputs["okActions"] == [topic], alarm.name
        recovers = ["arn:aws:automate:eu-central-1:ec2:recover"] if alarm.name == "watch-server-hardware" else []
        assert actions[1:] == recovers, alarm.name


@pytest.mark.parametrize(
    ("instance_type", "recovers"), [("t4g.small", True), ("m7g.large", True), ("m6gd.large", False)]
)
def test_ec2_is_asked_to_recover_what_it_can_recover(instance_type: str, recovers: bool) -> None:
    hardware = server_alarms(instance_type)[0]
    assert hardware.recover is recovers
    assert ("EC2 moves it by itself" in hardware.action) is recovers, (
        "the description must not promise what is not asked"
    )


@pytest.mark.parametrize("alarm", all_alarms(), ids=lambda alarm: f"{alarm.about}-{alarm.name}")
def test_an_alarm_says_what_to_do_and_does_not_flap(alarm: Alarm) -> None:
    assert len(alarm.action) > 60 and alarm.action.endswith(".")
    assert len(alarm.action) <= 1024, "CloudWatch takes no more"
    assert alarm.periods >= 2 and alarm.breaching >= 2, "one bad period is an accident"
    assert alarm.period * alarm.periods <= 86400, "CloudWatch looks no further back"


@pytest.mark.parametrize(
    ("name", "earned"),
    [
        ("t4g.small", 24),
        ("t3a.2xlarge", 192),
        ("t2.micro", 6),
        ("db.t4g.micro", 12),
        ("m7g.large", None),
        ("tx.x", None),
    ],
)
def test_only_burstable_machines_earn_credits(name: str, earned: float | None) -> None:
    assert credits_per_hour(name) == earned


def test_a_machine_without_credits_has_no_alarm_about_them() -> None:
    names = [alarm.name for alarm in [*server_alarms("m7g.large"), *database_alarms("database", "db.m7g.large", 20)]]
    assert "credits" not in names and len(names) == 8


def test_the_topic_is_encrypted_with_a_key_that_lets_its_publishers_in(update: Recording) -> None:
    assert update.named("watch-topic").inputs["kmsMasterKeyId"] == update.named("logs-app").inputs["kmsKeyId"]
    key = update.named("logs-key").inputs
    assert (key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, 7)
    account, logs, publishers = json.loads(key["policy"])["Statement"]
    assert account["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert logs["Principal"] == {"Service": "logs.eu-central-1.amazonaws.com"}
    assert logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"] == [
        "arn:aws:logs:eu-central-1:123456789012:log-group:/slipway/slipway-test/*",
        "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/rds/instance/slipway-test-*",
    ]
    assert publishers["Principal"]["Service"] == ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    assert publishers["Action"] == ["kms:GenerateDataKey*", "kms:Decrypt"]
    assert publishers["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_only_the_stacks_alarms_and_the_accounts_budgets_publish(update: Recording) -> None:
    alarms, budgets, tls = json.loads(update.named("watch-topic-policy").inputs["policy"])["Statement"]
    for statement, service, source in (
        (alarms, "cloudwatch", "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:slipway-test-*"),
        (budgets, "budgets", "arn:aws:budgets::123456789012:*"),
    ):
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sns:Publish")
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
        assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": source}
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_nobody_is_written_to_unless_an_address_is_given(stack: Recording, full: Recording) -> None:
    assert stack.of_type("aws:sns/topicSubscription:TopicSubscription") == []
    (subscription,) = full.of_type("aws:sns/topicSubscription:TopicSubscription")
    assert (subscription.inputs["protocol"], subscription.inputs["endpoint"]) == ("email", "oncall@example.org")
    assert subscription.inputs["topic"] == full.named("watch-topic-policy").inputs["arn"]


def test_a_budget_warns_at_80_percent_expected_and_100_spent(stack: Recording, full: Recording) -> None:
    assert stack.of_type("aws:budgets/budget:Budget") == [], "0 means no budget"
    (budget,) = full.of_type("aws:budgets/budget:Budget")
    assert {key: budget.inputs[key] for key in ("name", "budgetType", "timeUnit", "limitAmount", "limitUnit")} == {
        "name": "slipway-test",
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "80",
        "limitUnit": "USD",
    }
    topic = full.named("watch-topic-policy").inputs["arn"]
    assert budget.inputs["notifications"] == [
        {
            "comparisonOperator": "GREATER_THAN",
            "notificationType": kind,
            "threshold": percent,
            "thresholdType": "PERCENTAGE",
            "subscriberSnsTopicArns": [topic],
        }
        for kind, percent in (("FORECASTED", 80), ("ACTUAL", 100))
    ]
    assert "watch-topic-policy" in budget.dependencies, "Budgets refuses a topic that it may not publish to"


def test_every_log_is_encrypted_and_ends(full: Recording) -> None:
    key = full.named("logs-app").inputs["kmsKeyId"]
    groups = {group.inputs["name"]: group.inputs for group in full.of_type(GROUP)}
    assert {name for name in groups if name.startswith("/slipway/")} == {
        f"/slipway/slipway-test/{kind}" for kind in ("nginx-access", "nginx-error", "app", "system")
    }
    for name, group in groups.items():
        assert (group["retentionInDays"], group["kmsKeyId"]) == (90, key), name


def test_the_host_may_write_its_own_logs_and_metrics_and_nothing_else(update: Recording) -> None:
    (policy,) = update.of_type("aws:iam/rolePolicy:RolePolicy")
    statements = {statement["Sid"]: statement for statement in json.loads(policy.inputs["policy"])["Statement"]}
    metrics, logs = statements["ReportMetrics"], statements["ShipLogs"]
    assert metrics["Action"] == "cloudwatch:PutMetricData"
    assert metrics["Condition"] == {"StringEquals": {"cloudwatch:namespace": HOST}}
    assert logs["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert logs["Resource"] == "arn:aws:logs:eu-central-1:123456789012:log-group:/slipway/slipway-test/*"


def test_the_host_is_told_where_to_report(update: Recording) -> None:
    config = json.loads(update.named("reports-config").inputs["stdin"])
    groups = {group.inputs["name"] for group in update.of_type(GROUP)}
    assert (config["namespace"], config["domain"]) == (HOST, "www.example.org")
    assert config["groups"].keys() == {"nginx-access", "nginx-error", "app", "system"}
    assert set(config["groups"].values()) <= groups, "a log without its group could not be shipped"


def test_alarms_are_made_when_the_site_stands(stack: Recording) -> None:
    watch = stack.named("watch-site-down")
    ahead = [watch]
    seen: set[str] = set()
    while ahead:
        current = ahead.pop()
        names = {*current.dependencies, current.parent} - seen - {""}
        seen |= names
        ahead += [stack.named(name) for name in names]
    assert {"release-activate", "reports-timer"} <= seen, "a first deploy would be reported as an outage"
