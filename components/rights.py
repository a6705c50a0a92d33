"""Who may do what with the logs, the metrics, the alarms' topic and its key: policies as plain data."""

from __future__ import annotations

from components.place import Place

Statement = dict[str, object]

# The names under which the host's logs and metrics of one stack lie.
LOG_PREFIX = "/slipway/{stack}"
NAMESPACE = "Slipway/{stack}"

# What Session Manager's agent needs (AWS Systems Manager User Guide, "Instance profile with minimal Session Manager
# permissions"), without what sessions take that are logged to S3 or encrypted with a key of one's own.
AGENT: Statement = {
    "Sid": "SessionManager",
    "Effect": "Allow",
    "Action": [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ],
    "Resource": "*",  # these actions know no resources; it is the credentials that name the instance
}


def log_group(stack: str, kind: str) -> str:
    """The name of a log group, such as /slipway/slipway-prod/app."""
    return f"{LOG_PREFIX.format(stack=stack)}/{kind}"


def namespace(stack: str) -> str:
    """The namespace of the metrics that the stack's host reports."""
    return NAMESPACE.format(stack=stack)


def host_statements(place: Place, stack: str) -> list[Statement]:
    """What the host's instance profile needs to report: its own log groups and namespace, writing alone."""
    return [
        {
            "Sid": "ReportMetrics",
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",  # this action knows no resources; the namespace is what limits it
            "Condition": {"StringEquals": {"cloudwatch:namespace": namespace(stack)}},
        },
        {
            "Sid": "ShipLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": place.arn("logs", f"log-group:{log_group(stack, '*')}"),
        },
    ]


def key_policy(place: Place, stack: str) -> dict[str, object]:
    """The key of logs and topic: ruled by the account's IAM, used by CloudWatch and Budgets for this stack alone.

    After "Encrypt log data in CloudWatch Logs using KMS" and "SNS key management": alarms and budgets can publish to an
    encrypted topic only if its key lets their services in, which AWS's own key alias/aws/sns does not.
    """
    return _policy(
        {
            "Sid": "Account",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{place.partition}:iam::{place.account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{place.region}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": [
                        place.arn("logs", f"log-group:{log_group(stack, '*')}"),
                        place.arn("logs", f"log-group:/aws/rds/instance/{stack}-*"),
                    ]
                }
            },
        },
        {
            "Sid": "Publishers",
            "Effect": "Allow",
            "Principal": {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]},
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": place.account}},
        },
    )


def topic_policy(place: Place, topic: str, stack: str) -> dict[str, object]:
    """The topic: this stack's alarms and this account's budgets publish to it, and over TLS."""
    return _policy(
        _publish(place, topic, "Alarms", "cloudwatch", place.arn("cloudwatch", f"alarm:{stack}-*")),
        _publish(place, topic, "Budgets", "budgets", f"arn:{place.partition}:budgets::{place.account}:*"),
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


def _publish(place: Place, topic: str, sid: str, service: str, source: str) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"StringEquals": {"aws:SourceAccount": place.account}, "ArnLike": {"aws:SourceArn": source}},
    }


def _policy(*statements: Statement) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
