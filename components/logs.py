"""Where the host's logs lie in CloudWatch, what is counted in them, and the key that encrypts them."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.naming import stack_name, tags
from components.place import Place
from components.rights import key_policy, log_group, namespace

# What `slipway-host report` ships, each kind to a group of its own.
KINDS = ("nginx-access", "nginx-error", "app", "system")

# The fields of nginx.conf's `timed`, as CloudWatch splits a line: by spaces, but not within quotes and brackets.
TIMED = "[address, dash, user, time, request, status{status}, bytes, referer, agent, seconds, moment, app]"
COUNTED = {"Requests": TIMED.format(status=""), "ServerErrors": TIMED.format(status="=5*")}

# The least that KMS allows: until then the key can still be saved.
KEY_DELETION_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class LogsArgs:
    place: Place
    retention_days: int


class Logs(pulumi.ComponentResource):
    """Encrypted log groups for nginx, the app and the rest of the journal; requests and 5xx become metrics."""

    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: LogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Logs", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        stack = stack_name()
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Logs and alarms of {stack}",
            policy=json.dumps(key_policy(args.place, stack)),
            enable_key_rotation=True,
            deletion_window_in_days=KEY_DELETION_DAYS,
            tags=tags(f"{name}-key"),
            opts=inside,
        )
        groups = {
            kind: aws.cloudwatch.LogGroup(
                f"{name}-{kind}",
                name=log_group(stack, kind),
                retention_in_days=args.retention_days,
                kms_key_id=key.arn,
                tags=tags(f"{name}-{kind}"),
                opts=inside,
            )
            for kind in KINDS
        }
        for metric, pattern in COUNTED.items():
            aws.cloudwatch.LogMetricFilter(
                f"{name}-{metric.lower()}",
                log_group_name=groups["nginx-access"].name,
                pattern=pattern,
                metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                    name=metric, namespace=namespace(stack), value="1", default_value="0", unit="Count"
                ),
                opts=inside,
            )
        self.key_arn = key.arn
        self.register_outputs({})
