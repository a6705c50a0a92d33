"""CloudWatch: log groups, metrics filtered out of logs, and alarms."""

import re
from collections.abc import Iterator

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws_identity import Named
from rehearsal.providers.aws_keys import key_policy, may_encrypt
from rehearsal.providers.aws_notice import must_be_able_to_publish
from rehearsal.providers.database_rules import log_groups
from rehearsal.providers.values import Values

# docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html; 0 is pulumi-aws's "never".
RETENTION_DAYS = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
OPERATORS = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)
STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
MISSING_DATA = ("missing", "ignore", "breaching", "notBreaching")
# Below a minute, only metrics of high resolution have these periods.
SHORT_PERIODS = (10, 20, 30)
DAY_SECONDS, WEEK_SECONDS, HOUR_SECONDS = 86400, 604800, 3600
ACTION_KEYS = ("alarmActions", "okActions", "insufficientDataActions")
EC2_ACTION = re.compile(r"arn:aws[\w-]*:(automate:[\w-]+:ec2:(recover|stop|terminate|reboot)|swf:.*)")


class LogGroup(Named):
    type = tokens.LOG_GROUP
    arn = "arn:aws:logs:{region}:{account}:log-group:{id}"
    optional = frozenset({"kmsKeyId", "logGroupClass", "name", "retentionInDays", "skipDestroy", "tags"})
    replaces = frozenset({"name", "logGroupClass"})
    computed = frozenset({"arn"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        days = inputs.get("retentionInDays", 0)
        if days not in RETENTION_DAYS:
            yield "retentionInDays", f"expected retention_in_days to be one of {RETENTION_DAYS}, got {days}"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        """Refused where RDS was there first: it makes the groups of the logs it exports, if nobody has."""
        self._ask_key(inputs)
        for database in self.cloud.ledger.of(tokens.DB_INSTANCE):
            if inputs["name"] in log_groups(database.id, database.facts["inputs"]):
                raise RehearsalError(
                    "ResourceAlreadyExistsException: The specified log group already exists: RDS made "
                    f"{inputs['name']}, for DB instance {database.id} exports it. Make the group before the instance."
                )
        return super().create(name, inputs)

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        self._ask_key(inputs)
        return super().update(id, old, inputs)

    def _ask_key(self, inputs: Values) -> None:
        if not (key := inputs.get("kmsKeyId")):
            return
        arn = self.arn_of(inputs["name"])
        context = {"kms:EncryptionContext:aws:logs:arn": arn}
        key_policy(self.cloud, key)
        if not may_encrypt(self.cloud, key, f"logs.{self.cloud.region}.amazonaws.com", context):
            raise RehearsalError(
                "InvalidParameterException: The specified KMS key does not exist or is not allowed to be used with "
                f"Arn '{arn}'"
            )


class LogMetricFilter(Named):
    type = tokens.LOG_METRIC_FILTER
    required = frozenset({"logGroupName", "metricTransformation", "pattern"})
    optional = frozenset({"name"})
    replaces = frozenset({"name", "logGroupName"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        given = inputs.get("metricTransformation", {"name": "", "namespace": "", "value": ""})
        if missing := sorted({"name", "namespace", "value"} - set(given)):
            yield "metricTransformation", f"it needs {', '.join(missing)}"
        if given.get("dimensions") and "defaultValue" in given:
            yield "metricTransformation", "a metric with dimensions has no defaultValue"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        if self.cloud.ledger.find(tokens.LOG_GROUP, inputs["logGroupName"]) is None:
            raise RehearsalError(
                f"ResourceNotFoundException: The specified log group does not exist: {inputs['logGroupName']}"
            )
        return super().create(name, inputs)


class MetricAlarm(Named):
    """An alarm that would ring: its actions exist, and may be taken."""

    type = tokens.METRIC_ALARM
    arn = "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"
    required = frozenset({"comparisonOperator", "evaluationPeriods"})
    optional = frozenset(
        {
            "actionsEnabled",
            "alarmActions",
            "alarmDescription",
            "datapointsToAlarm",
            "dimensions",
            "evaluateLowSampleCountPercentiles",
            "extendedStatistic",
            "insufficientDataActions",
            "metricName",
            "metricQueries",
            "name",
            "namespace",
            "okActions",
            "period",
            "statistic",
            "tags",
            "threshold",
            "treatMissingData",
            "unit",
        }
    )
    one_of = (frozenset({"metricName", "metricQueries"}),)
    replaces = frozenset({"name"})
    computed = frozenset({"arn"})

    def needs(self, inputs: Values) -> frozenset[str]:
        single = {"namespace", "period", "threshold"} if "metricName" in inputs else {"threshold"}
        return self.required | single

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        for key, known in (
            ("comparisonOperator", OPERATORS),
            ("statistic", STATISTICS),
            ("treatMissingData", MISSING_DATA),
        ):
            if key in inputs and inputs[key] not in known:
                yield key, f"expected it to be one of {', '.join(known)}, got {inputs[key]}"
        if "metricName" in inputs and len({"statistic", "extendedStatistic"} & set(inputs)) != 1:
            yield "statistic", "exactly one of statistic and extendedStatistic is given with a metric"
        periods = inputs.get("evaluationPeriods", 1)
        if periods < 1:
            yield "evaluationPeriods", f"{periods} is less than 1"
        if inputs.get("datapointsToAlarm", periods) not in range(1, periods + 1):
            yield "datapointsToAlarm", f"{inputs['datapointsToAlarm']} is not in the range 1-{periods}"
        if problem := period_problem(inputs.get("period", 60), periods):
            yield "period", problem
        yield from (("metricQueries", problem) for problem in query_problems(inputs.get("metricQueries", [])))

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        self._ask_actions(inputs)
        return super().create(name, inputs)

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        self._ask_actions(inputs)
        return super().update(id, old, inputs)

    def _ask_actions(self, inputs: Values) -> None:
        for action in (action for key in ACTION_KEYS for action in inputs.get(key, [])):
            if not EC2_ACTION.fullmatch(action):
                must_be_able_to_publish(self.cloud, "cloudwatch.amazonaws.com", action, self.arn_of(inputs["name"]))
            elif "InstanceId" not in inputs.get("dimensions", {}):
                raise RehearsalError(
                    f"ValidationError: Invalid use of EC2 '{action.rpartition(':')[2]}' action: it is only available "
                    "for metrics with the dimension InstanceId"
                )


def period_problem(period: int, periods: int) -> str:
    """Of docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, EvaluationPeriods."""
    if period not in SHORT_PERIODS and (period < 60 or period % 60):
        return f"{period} is neither 10, 20 or 30 nor a multiple of 60"
    longest = WEEK_SECONDS if period >= HOUR_SECONDS else DAY_SECONDS
    if period * periods > longest:
        return f"metrics cannot be checked across more than {longest // DAY_SECONDS} days ({period} s, {periods} times)"
    return ""


def query_problems(queries: list[Values]) -> Iterator[str]:
    """Of metric math: ids, one result, and either a metric or an expression in each."""
    for query in queries:
        if not re.fullmatch(r"[a-z][a-zA-Z0-9_]*", str(query.get("id", ""))):
            yield f"id {query.get('id')!r} must begin with a lower-case letter, and hold letters, digits and _ alone"
        if ("expression" in query) == ("metric" in query):
            yield f"query {query.get('id')!r} needs exactly one of expression and metric"
        metric = query.get("metric", {})
        if metric and (missing := sorted({"metricName", "period", "stat"} - set(metric))):
            yield f"the metric of query {query.get('id')!r} needs {', '.join(missing)}"
    if queries and sum(bool(query.get("returnData")) for query in queries) != 1:
        yield "exactly one query must have returnData"


KINDS = (LogGroup, LogMetricFilter, MetricAlarm)
