"""Who is told, and of what: the topic, its subscriber, the alarms and the budget."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.alarms.alarm import Alarm
from components.alarms.asking import alarm_args
from components.alarms.database import database_alarms
from components.alarms.server import server_alarms
from components.alarms.site import site_alarms
from components.naming import stack_name, tags
from components.place import Place
from components.rights import topic_policy
from components.watched import WatchedDatabase, WatchedServer

# Of the budget, in percent: what AWS expects the month to end with, and what it has cost already.
FORECAST_PERCENT, ACTUAL_PERCENT = 80, 100


@dataclass(frozen=True, kw_only=True)
class WatchArgs:
    place: Place
    server: WatchedServer
    database: WatchedDatabase
    key_arn: pulumi.Input[str]
    email: str  # empty for none
    monthly_budget_usd: int  # 0 for no budget


class Watch(pulumi.ComponentResource):
    """Alarms and a budget that speak through one encrypted topic. Made last: a site that is not up yet is not down."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: WatchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Watch", name, {}, opts)
        self._name, self._args = name, args
        self._inside = pulumi.ResourceOptions(parent=self)
        self._subjects = {"server": args.server.id, "database": args.database.id}
        if args.database.replica_id is not None:
            self._subjects["replica"] = args.database.replica_id
        topic = aws.sns.Topic(
            f"{name}-topic", kms_master_key_id=args.key_arn, tags=tags(f"{name}-topic"), opts=self._inside
        )
        policy = aws.sns.TopicPolicy(
            f"{name}-topic-policy",
            arn=topic.arn,
            policy=topic.arn.apply(lambda arn: json.dumps(topic_policy(args.place, arn, stack_name()))),
            opts=self._inside,
        )
        if args.email:
            # AWS asks the address first: nothing is sent until the link in its message was followed.
            aws.sns.TopicSubscription(
                f"{name}-email", topic=topic.arn, protocol="email", endpoint=args.email, opts=self._inside
            )
        for alarm in self._alarms():
            asked = alarm_args(alarm, args.place, self._subjects, topic.arn)
            aws.cloudwatch.MetricAlarm(f"{name}-{alarm.about}-{alarm.name}", asked, self._inside)
        if args.monthly_budget_usd:
            self._budget(topic, policy)
        self.topic_arn = topic.arn
        self.register_outputs({})

    def _alarms(self) -> list[Alarm]:
        wanted = self._args.database.wanted
        alarms = [*server_alarms(self._args.server.instance_type), *site_alarms()]
        for about in ("database", "replica"):
            if about in self._subjects:
                alarms += database_alarms(about, wanted.instance_class, wanted.storage_gb)
        return alarms

    def _budget(self, topic: aws.sns.Topic, policy: aws.sns.TopicPolicy) -> None:
        """Over the whole account: a budget by tag sees nothing until somebody activates the tag for billing."""
        aws.budgets.Budget(
            f"{self._name}-budget",
            name=stack_name(),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(self._args.monthly_budget_usd),
            limit_unit="USD",
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[topic.arn],
                )
                for kind, percent in (("FORECASTED", FORECAST_PERCENT), ("ACTUAL", ACTUAL_PERCENT))
            ],
            tags=tags(f"{self._name}-budget"),
            # Budgets refuses a topic that it may not publish to.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
