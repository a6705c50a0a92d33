"""An alarm in the words of CloudWatch."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.alarms.alarm import Alarm
from components.naming import stack_name, tags
from components.place import Place
from components.rights import namespace

# Where AWS keeps what it measures, and which dimension names the subject.
SOURCES = {
    "server": ("AWS/EC2", "InstanceId"),
    "database": ("AWS/RDS", "DBInstanceIdentifier"),
    "replica": ("AWS/RDS", "DBInstanceIdentifier"),
}


def alarm_args(
    alarm: Alarm, place: Place, subjects: Mapping[str, pulumi.Input[str]], topic_arn: pulumi.Input[str]
) -> aws.cloudwatch.MetricAlarmArgs:
    """What to ask CloudWatch for. `subjects`: server → instance id, database and replica → RDS identifier."""
    noun = f"{alarm.about}-{alarm.name}"
    recover = [f"arn:{place.partition}:automate:{place.region}:ec2:recover"] if alarm.recover else []
    asked = aws.cloudwatch.MetricAlarmArgs(
        name=f"{stack_name()}-{noun}",
        alarm_description=alarm.action,
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.breaching,
        treat_missing_data=alarm.missing,
        alarm_actions=[topic_arn, *recover],
        ok_actions=[topic_arn],
        tags=tags(noun),
    )
    if alarm.expression:
        asked.metric_queries = _math(alarm)
        return asked
    # A metric of AWS's about the subject, or one of the server's own reports.
    asked.namespace, dimension = (namespace(stack_name()), "InstanceId") if alarm.reported else SOURCES[alarm.about]
    asked.dimensions = {dimension: subjects["server" if alarm.reported else alarm.about]}
    asked.metric_name, asked.statistic, asked.period = alarm.metric, alarm.statistic, alarm.period
    return asked


def _math(alarm: Alarm) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    """The expression, and each of its variables summed up over the alarm's period."""
    variables = [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=variable,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=namespace(stack_name()), metric_name=metric, stat="Sum", period=alarm.period
            ),
        )
        for variable, metric in alarm.inputs.items()
    ]
    result = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="result", expression=alarm.expression, label=alarm.name, return_data=True
    )
    return [*variables, result]
