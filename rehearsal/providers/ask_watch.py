"""What is asked of an account about keys, topics, logs, alarms and budgets."""

from typing import Any

from rehearsal import tokens
from rehearsal.providers.account import Account, Ask
from rehearsal.providers.values import Values


def _key(account: Account, inputs: Values) -> str:
    policy = {"Policy": inputs["policy"]} if inputs.get("policy") else {}
    answer = account.client("kms").create_key(Description=inputs.get("description", ""), **policy)
    return str(answer["KeyMetadata"]["KeyId"])


def _alias(account: Account, inputs: Values) -> str:
    key = account.id(inputs["targetKeyId"].split("/")[-1])
    account.client("kms").create_alias(AliasName=inputs["name"], TargetKeyId=key)
    return str(inputs["name"])


def _topic(account: Account, inputs: Values) -> str:
    return str(account.client("sns").create_topic(Name=inputs["name"])["TopicArn"])


def _topic_policy(account: Account, inputs: Values) -> str:
    account.client("sns").set_topic_attributes(
        TopicArn=inputs["arn"], AttributeName="Policy", AttributeValue=inputs["policy"]
    )
    return str(inputs["arn"])


def _subscription(account: Account, inputs: Values) -> str:
    answer = account.client("sns").subscribe(
        TopicArn=inputs["topic"], Protocol=inputs["protocol"], Endpoint=inputs["endpoint"]
    )
    return str(answer["SubscriptionArn"])


def _log_group(account: Account, inputs: Values) -> str:
    logs, name = account.client("logs"), inputs["name"]
    logs.create_log_group(logGroupName=name, logGroupClass=inputs.get("logGroupClass", "STANDARD"))
    if days := inputs.get("retentionInDays"):
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return str(name)


def _metric_filter(account: Account, inputs: Values) -> str:
    given = inputs["metricTransformation"]
    transformation = {
        "metricName": given["name"],
        "metricNamespace": given["namespace"],
        "metricValue": given["value"],
        **{key: given[key] for key in ("dimensions", "unit") if key in given},
    }
    if "defaultValue" in given:
        transformation["defaultValue"] = float(given["defaultValue"])
    account.client("logs").put_metric_filter(
        logGroupName=inputs["logGroupName"],
        filterName=inputs["name"],
        filterPattern=inputs["pattern"],
        metricTransformations=[transformation],
    )
    return str(inputs["name"])


def _alarm(account: Account, inputs: Values) -> str:
    plain = {
        "alarmActions": "AlarmActions",
        "alarmDescription": "AlarmDescription",
        "comparisonOperator": "ComparisonOperator",
        "datapointsToAlarm": "DatapointsToAlarm",
        "evaluationPeriods": "EvaluationPeriods",
        "extendedStatistic": "ExtendedStatistic",
        "insufficientDataActions": "InsufficientDataActions",
        "metricName": "MetricName",
        "namespace": "Namespace",
        "okActions": "OKActions",
        "period": "Period",
        "statistic": "Statistic",
        "treatMissingData": "TreatMissingData",
        "unit": "Unit",
    }
    request: dict[str, Any] = {theirs: inputs[ours] for ours, theirs in plain.items() if ours in inputs}
    if "threshold" in inputs:
        request["Threshold"] = float(inputs["threshold"])
    if dimensions := inputs.get("dimensions"):
        request["Dimensions"] = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    if queries := inputs.get("metricQueries"):
        request["Metrics"] = [_query(query) for query in queries]
    account.client("cloudwatch").put_metric_alarm(AlarmName=inputs["name"], **request)
    return str(inputs["name"])


def _query(given: Values) -> dict[str, Any]:
    query = {"Id": given["id"], "ReturnData": bool(given.get("returnData"))}
    query |= {key.capitalize(): given[key] for key in ("expression", "label", "period") if key in given}
    if metric := given.get("metric"):
        dimensions = [{"Name": key, "Value": value} for key, value in metric.get("dimensions", {}).items()]
        query["MetricStat"] = {
            "Metric": {
                "Namespace": metric.get("namespace", ""),
                "MetricName": metric["metricName"],
                "Dimensions": dimensions,
            },
            "Period": metric["period"],
            "Stat": metric["stat"],
        }
    return query


def _budget(account: Account, inputs: Values) -> str:
    budget: dict[str, Any] = {
        "BudgetName": inputs["name"],
        "BudgetType": inputs["budgetType"],
        "TimeUnit": inputs["timeUnit"],
        "BudgetLimit": {"Amount": str(inputs["limitAmount"]), "Unit": inputs["limitUnit"]},
    }
    if filters := inputs.get("costFilters"):
        budget["CostFilters"] = {row["name"]: row["values"] for row in filters}
    account.client("budgets").create_budget(
        AccountId=inputs["accountId"],
        Budget=budget,
        NotificationsWithSubscribers=[_notification(given) for given in inputs.get("notifications", [])],
    )
    return f"{inputs['accountId']}:{inputs['name']}"


def _notification(given: Values) -> dict[str, Any]:
    mails, topics = given.get("subscriberEmailAddresses", []), given.get("subscriberSnsTopicArns", [])
    return {
        "Notification": {
            "NotificationType": given["notificationType"],
            "ComparisonOperator": given["comparisonOperator"],
            "Threshold": float(given["threshold"]),
            "ThresholdType": given["thresholdType"],
        },
        "Subscribers": [
            *({"SubscriptionType": "EMAIL", "Address": address} for address in mails),
            *({"SubscriptionType": "SNS", "Address": arn} for arn in topics),
        ],
    }


ASK: dict[str, Ask] = {
    tokens.KMS_KEY: _key,
    tokens.KMS_ALIAS: _alias,
    tokens.TOPIC: _topic,
    tokens.TOPIC_POLICY: _topic_policy,
    tokens.TOPIC_SUBSCRIPTION: _subscription,
    tokens.LOG_GROUP: _log_group,
    tokens.LOG_METRIC_FILTER: _metric_filter,
    tokens.METRIC_ALARM: _alarm,
    tokens.BUDGET: _budget,
}
