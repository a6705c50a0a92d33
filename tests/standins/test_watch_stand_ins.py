"""Topics, keys, logs, alarms and budgets: what AWS refuses, and what it accepts but would never deliver."""

import json
from collections.abc import Iterator

import pytest

from rehearsal.providers.aws_identity import Role
from rehearsal.providers.aws_keys import Alias, Key
from rehearsal.providers.aws_notice import Budget, Topic, TopicPolicy, TopicSubscription
from rehearsal.providers.aws_watch import LogGroup, LogMetricFilter, MetricAlarm
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.values import Values
from tests.standins import clouds

ALARM: Values = {
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 2,
    "metricName": "CPUUtilization",
    "namespace": "AWS/RDS",
    "period": 300,
    "statistic": "Average",
    "threshold": 80,
}
NOTIFICATION: Values = {
    "comparisonOperator": "GREATER_THAN",
    "notificationType": "ACTUAL",
    "threshold": 80,
    "thresholdType": "PERCENTAGE",
}
BUDGET: Values = {"budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "50", "limitUnit": "USD"}
FILTER: Values = {"pattern": "[]", "metricTransformation": {"name": "n", "namespace": "n", "value": "1"}}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clouds.Judged]:
    with clouds.judged(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


def policy(*services: str, actions: object = "sns:Publish", **condition: object) -> str:
    statement: Values = {
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": actions,
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | condition]})


def problems(cloud: clouds.Judged, kind: type[CloudKind], inputs: Values) -> list[str]:
    return [f"{key}: {reason}" for key, reason in cloud.kind(kind).check(inputs)]


def test_an_alarm_that_rings(cloud: clouds.Judged) -> None:
    topic = cloud.make(Topic, name="alarms")
    assert topic.id == topic.outputs["arn"] == "arn:aws:sns:eu-central-1:123456789012:alarms"
    alarm = cloud.make(MetricAlarm, name="cpu", **ALARM, alarmActions=[topic.id], dimensions={"InstanceId": "i-1"})
    assert alarm.outputs["arn"] == "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:cpu"
    pending = cloud.make(TopicSubscription, topic=topic.id, protocol="email", endpoint="a@example.org").outputs
    assert pending["pendingConfirmation"] is True


def test_an_alarm_of_nothing(cloud: clouds.Judged) -> None:
    said = cloud.refusal(MetricAlarm, name="lost", **ALARM, alarmActions=["arn:aws:sns:eu-central-1:123456789012:no"])
    assert said == "NotFound: Topic does not exist: arn:aws:sns:eu-central-1:123456789012:no"
    said = cloud.refusal(MetricAlarm, name="lost", **ALARM, alarmActions=["arn:aws:automate:eu-central-1:ec2:recover"])
    assert said.startswith("ValidationError: Invalid use of EC2 'recover' action")


def test_amazon_s_own_key_of_a_topic_lets_no_alarm_through(cloud: clouds.Judged) -> None:
    topic = cloud.make(Topic, name="amazons-key", kmsMasterKeyId="alias/aws/sns").id
    said = cloud.refusal(MetricAlarm, name="silent", **ALARM, alarmActions=[topic])
    assert said.startswith(f"KMSAccessDenied: topic {topic} is encrypted with alias/aws/sns, whose policy does not let")


def test_a_key_that_names_the_service_lets_it_through(cloud: clouds.Judged) -> None:
    rights = ["kms:GenerateDataKey*", "kms:Decrypt"]
    key = cloud.make(Key, policy=policy("cloudwatch.amazonaws.com", actions=rights))
    cloud.make(Alias, name="alias/alarms", targetKeyId=key.id)
    topic = cloud.make(Topic, name="own-key", kmsMasterKeyId="alias/alarms").id
    cloud.make(MetricAlarm, name="heard", **ALARM, alarmActions=[topic])
    other = cloud.make(Key, policy=policy("budgets.amazonaws.com", actions=rights)).id
    topic = cloud.make(Topic, name="others-key", kmsMasterKeyId=other).id
    assert cloud.refusal(MetricAlarm, name="unheard", **ALARM, alarmActions=[topic]).startswith("KMSAccessDenied")


def test_a_topic_s_policy_is_asked_for_the_alarm_itself(cloud: clouds.Judged) -> None:
    topic = cloud.make(Topic, name="strict").id
    of_ours = {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:ours-*"}}}
    cloud.make(TopicPolicy, arn=topic, policy=policy("cloudwatch.amazonaws.com", **of_ours))
    cloud.make(MetricAlarm, name="ours-cpu", **ALARM, alarmActions=[topic])
    said = cloud.refusal(MetricAlarm, name="theirs-cpu", **ALARM, alarmActions=[topic])
    assert "does not let cloudwatch.amazonaws.com publish for arn:aws:cloudwatch" in said


def test_a_budget_asks_the_topic_s_policy(cloud: clouds.Judged) -> None:
    topic = cloud.make(Topic, name="costs").id
    wanted = {**BUDGET, "notifications": [{**NOTIFICATION, "subscriberSnsTopicArns": [topic]}]}
    assert "does not let budgets.amazonaws.com publish" in cloud.refusal(Budget, name="month", **wanted)
    cloud.make(TopicPolicy, arn=topic, policy=policy("budgets.amazonaws.com"))
    made = cloud.make(Budget, name="month", **wanted)
    assert made.id == "123456789012:month"
    assert made.outputs["arn"] == "arn:aws:budgets::123456789012:budget/month"


def test_a_filter_needs_its_log_group(cloud: clouds.Judged) -> None:
    said = cloud.refusal(LogMetricFilter, name="5xx", logGroupName="/web", **FILTER)
    assert said == "ResourceNotFoundException: The specified log group does not exist: /web"
    cloud.make(LogGroup, name="/web", retentionInDays=30)
    cloud.make(LogMetricFilter, name="5xx", logGroupName="/web", **FILTER)


def test_a_log_group_that_rds_has_made_already(cloud: clouds.Judged) -> None:
    cloud.ledger.put(
        "aws:rds/instance:Instance", "db", {"inputs": {"enabledCloudwatchLogsExports": ["postgresql"]}, "groups": []}
    )
    said = cloud.refusal(LogGroup, name="/aws/rds/instance/db/postgresql")
    cloud.ledger.drop("aws:rds/instance:Instance", "db")
    assert said.startswith("ResourceAlreadyExistsException: The specified log group already exists: RDS made")


def test_a_log_group_s_key_must_know_it(cloud: clouds.Judged) -> None:
    mine = {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:*:log-group:/mine/*"}
    rights = ["kms:Decrypt*", "kms:GenerateDataKey*"]
    text = policy("logs.eu-central-1.amazonaws.com", actions=rights, Condition={"ArnLike": mine})
    key = cloud.make(Key, policy=text).outputs["arn"]
    cloud.make(LogGroup, name="/mine/app", kmsKeyId=key)
    said = cloud.refusal(LogGroup, name="/other/app", kmsKeyId=key)
    assert said.endswith(
        "is not allowed to be used with Arn 'arn:aws:logs:eu-central-1:123456789012:log-group:/other/app'"
    )


@pytest.mark.parametrize(
    ("kind", "inputs", "said"),
    [
        (Topic, {"name": "two words"}, "InvalidParameter: Topic names must be made up of"),
        (LogGroup, {"name": "two words"}, "ValidationException: 1 validation error detected: Value 'two words'"),
        (LogGroup, {"name": "twice"}, "ResourceAlreadyExistsException: The specified log group already exists"),
        (MetricAlarm, {"name": "u", **ALARM, "unit": "Bananas"}, "ValidationException: 1 validation error detected"),
        (Budget, {"name": "b", **BUDGET, "timeUnit": "HOURLY"}, "ValidationException: 1 validation error detected"),
        (Alias, {"name": "alias/a", "targetKeyId": "00000000-0000-0000-0000-000000000000"}, "NotFoundException"),
    ],
)
def test_what_moto_and_aws_s_description_refuse(
    cloud: clouds.Judged, kind: type[CloudKind], inputs: Values, said: str
) -> None:
    if inputs["name"] == "twice":
        cloud.make(LogGroup, name="twice")
    assert cloud.refusal(kind, **inputs).startswith(said)


@pytest.mark.parametrize(
    ("kind", "inputs", "problem"),
    [
        (LogGroup, {"retentionInDays": 31}, "retentionInDays: expected retention_in_days to be one of (0, 1, 3,"),
        (MetricAlarm, {**ALARM, "comparisonOperator": ">"}, "comparisonOperator: expected it to be one of"),
        (MetricAlarm, {**ALARM, "statistic": "Mean"}, "statistic: expected it to be one of"),
        (MetricAlarm, {**ALARM, "extendedStatistic": "p99"}, "statistic: exactly one of"),
        (MetricAlarm, {**ALARM, "period": 90}, "period: 90 is neither 10, 20 or 30 nor a multiple of 60"),
        (MetricAlarm, {**ALARM, "period": 600, "evaluationPeriods": 150}, "period: metrics cannot be checked across"),
        (MetricAlarm, {**ALARM, "datapointsToAlarm": 3}, "datapointsToAlarm: 3 is not in the range 1-2"),
        (MetricAlarm, {**ALARM, "treatMissingData": "bad"}, "treatMissingData: expected it to be one of"),
        (
            MetricAlarm,
            {"metricQueries": [{"id": "a", "expression": "b/c"}]},
            "metricQueries: exactly one query must have returnData",
        ),
        (
            TopicSubscription,
            {"protocol": "email", "endpoint": "nobody"},
            "endpoint: InvalidParameter: Endpoint: 'nobody' is no endpoint of protocol email",
        ),
        (TopicSubscription, {"protocol": "pigeon"}, "protocol: expected protocol to be one of"),
        (TopicPolicy, {"policy": "nope"}, "policy: it contains an invalid JSON policy"),
        (Budget, {**BUDGET, "limitAmount": "0"}, "limitAmount: '0' is no amount"),
        (Budget, {**BUDGET, "accountId": "210987654321"}, "accountId: 210987654321 is not the account"),
        (
            Budget,
            {**BUDGET, "notifications": [NOTIFICATION]},
            "notifications: a notification must have at least one subscriber",
        ),
        (Key, {"deletionWindowInDays": 3}, "deletionWindowInDays: 3 is not in the range 7-30"),
        (Alias, {"name": "mine"}, "name: 'mine' must begin with 'alias/'"),
        (LogMetricFilter, {"metricTransformation": {"name": "n"}}, "metricTransformation: it needs namespace, value"),
    ],
)
def test_what_a_preview_refuses(cloud: clouds.Judged, kind: type[CloudKind], inputs: Values, problem: str) -> None:
    [said] = problems(cloud, kind, inputs)
    assert said.startswith(problem)


def test_a_metric_alarm_needs_what_its_metric_needs(cloud: clouds.Judged) -> None:
    alarm = cloud.kind(MetricAlarm)
    assert alarm.needs({"metricName": "m"}) - alarm.required == {"namespace", "period", "threshold"}
    assert alarm.needs({"metricQueries": []}) - alarm.required == {"threshold"}
    assert cloud.kind(Role).needs({}) == {"assumeRolePolicy"}
