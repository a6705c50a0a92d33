"""SNS topics, who may publish to them and who hears them; budgets, which publish to them."""

import re
from collections.abc import Iterator

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws_identity import Named, policy_problems
from rehearsal.providers.aws_keys import may_encrypt
from rehearsal.providers.cloud import Cloud, CloudKind
from rehearsal.providers.policies import allows
from rehearsal.providers.values import Values

PROTOCOLS = ("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs")
ENDPOINTS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "email-json": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "http": re.compile(r"http://\S+"),
    "https": re.compile(r"https://\S+"),
    "sms": re.compile(r"\+?[\d-]+"),
    "sqs": re.compile(r"arn:aws[\w-]*:sqs:\S+"),
    "lambda": re.compile(r"arn:aws[\w-]*:lambda:\S+"),
}
LARGEST_TOPIC_POLICY = 30720
# Amazon's own key of a topic: no other service may use it, so what CloudWatch or Budgets publish never arrives.
AMAZONS_KEY = "alias/aws/sns"
# docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
MOST_MAILS, MOST_TOPICS, MOST_NOTIFICATIONS = 10, 1, 10


class Topic(Named):
    type = tokens.TOPIC
    optional = frozenset({"name", "displayName", "kmsMasterKeyId", "policy", "signatureVersion", "tags"})
    replaces = frozenset({"name"})
    computed = frozenset({"arn", "owner"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from policy_problems(inputs, "policy", LARGEST_TOPIC_POLICY)

    def outputs(self, id: str, inputs: Values) -> Values:
        return {"arn": id, "owner": self.cloud.account}


class TopicPolicy(CloudKind):
    type = tokens.TOPIC_POLICY
    required = frozenset({"arn", "policy"})
    replaces = frozenset({"arn"})
    computed = frozenset({"owner"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from policy_problems(inputs, "policy", LARGEST_TOPIC_POLICY)

    def outputs(self, id: str, inputs: Values) -> Values:
        return {"owner": self.cloud.account}


class TopicSubscription(CloudKind):
    """A subscriber. By mail it is one only after a person has followed a link: here nobody does."""

    type = tokens.TOPIC_SUBSCRIPTION
    required = frozenset({"endpoint", "protocol", "topic"})
    optional = frozenset({"endpointAutoConfirms", "filterPolicy", "filterPolicyScope", "rawMessageDelivery"})
    replaces = required
    computed = frozenset({"arn", "confirmationWasAuthenticated", "ownerId", "pendingConfirmation"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        protocol = inputs.get("protocol", "email")
        if protocol not in PROTOCOLS:
            yield "protocol", f"expected protocol to be one of {', '.join(PROTOCOLS)}, got {protocol}"
        elif "endpoint" in inputs and protocol in ENDPOINTS and not ENDPOINTS[protocol].fullmatch(inputs["endpoint"]):
            yield (
                "endpoint",
                f"InvalidParameter: Endpoint: {inputs['endpoint']!r} is no endpoint of protocol {protocol}",
            )

    def outputs(self, id: str, inputs: Values) -> Values:
        pending = inputs["protocol"] in ("email", "email-json", "http", "https")
        return {
            "arn": id,
            "confirmationWasAuthenticated": not pending,
            "ownerId": self.cloud.account,
            "pendingConfirmation": pending,
        }


class Budget(Named):
    """A monthly limit, and who hears when it is passed: AWS asks a topic's policy first."""

    type = tokens.BUDGET
    arn = "arn:aws:budgets::{account}:budget/{id}"
    required = frozenset({"budgetType", "timeUnit"})
    optional = frozenset(
        {"accountId", "costFilters", "limitAmount", "limitUnit", "name", "notifications", "tags", "timePeriodStart"}
    )
    replaces = frozenset({"accountId", "budgetType", "name"})
    computed = frozenset({"arn"})

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return super().defaults(name, inputs, old, seed) | {"accountId": self.cloud.account}

    def needs(self, inputs: Values) -> frozenset[str]:
        return self.required | {"limitAmount", "limitUnit"}

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if not re.fullmatch(r"\d+(\.\d+)?", amount := str(inputs.get("limitAmount", 1))) or float(amount) <= 0:
            yield "limitAmount", f"{amount!r} is no amount: it is a number above 0, as text"
        if inputs.get("accountId", self.cloud.account) != self.cloud.account:
            yield "accountId", f"{inputs['accountId']} is not the account of these credentials, {self.cloud.account}"
        notifications = inputs.get("notifications", [])
        if len(notifications) > MOST_NOTIFICATIONS:
            yield "notifications", f"{len(notifications)} are more than the {MOST_NOTIFICATIONS} of a budget"
        for given in notifications:
            yield from (("notifications", problem) for problem in notification_problems(given))

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        self._ask_topics(inputs)
        return super().create(name, inputs)

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        self._ask_topics(inputs)
        return super().update(id, old, inputs)

    def arn_of(self, id: str) -> str:
        return super().arn_of(id.partition(":")[2])

    def _ask_topics(self, inputs: Values) -> None:
        for given in inputs.get("notifications", []):
            for topic in given.get("subscriberSnsTopicArns", []):
                must_be_able_to_publish(self.cloud, "budgets.amazonaws.com", topic, self.arn_of(f":{inputs['name']}"))


def notification_problems(given: Values) -> Iterator[str]:
    """What the provider and AWS refuse of one notification of a budget."""
    needed = {"comparisonOperator", "notificationType", "threshold", "thresholdType"}
    subscribers = ("subscriberEmailAddresses", "subscriberSnsTopicArns")
    if missing := sorted(needed - set(given)):
        yield f"a notification needs {', '.join(missing)}"
    if strange := sorted(set(given) - needed - set(subscribers)):
        yield f"the rehearsal's stand-in does not know {', '.join(strange)}"
    if not any(given.get(key) for key in subscribers):
        yield "a notification must have at least one subscriber"
    for key, most in zip(subscribers, (MOST_MAILS, MOST_TOPICS), strict=True):
        if len(given.get(key, [])) > most:
            yield f"{key}: {len(given[key])} are more than the {most} of a notification"


def must_be_able_to_publish(cloud: Cloud, service: str, arn: str, source: str) -> None:
    """RehearsalError where what the service publishes, for `source`, would be refused by the topic or get lost at its
    key."""
    context = {"aws:SourceArn": source, "aws:SourceAccount": cloud.account, "aws:SecureTransport": "true"}
    topic = cloud.ledger.find(tokens.TOPIC, arn)
    if topic is None:
        raise RehearsalError(f"NotFound: Topic does not exist: {arn}")
    row = cloud.ledger.find(tokens.TOPIC_POLICY, arn)
    # A topic without a policy of its own lets its account's services in, but for Budgets, which asks to be named.
    policy = (row or topic).facts["inputs"].get("policy")
    if not (
        allows([policy], "sns:Publish", service=service, resource=arn, context=context)
        if policy
        else service == "cloudwatch.amazonaws.com"
    ):
        raise RehearsalError(
            f"InvalidParameter: the policy of topic {arn} does not let {service} publish for {source} "
            "(sns:Publish): nothing would arrive. Add a statement for it, and make the topic's policy first."
        )
    key = topic.facts["inputs"].get("kmsMasterKeyId")
    if key and (key.endswith(AMAZONS_KEY) or not may_encrypt(cloud, key, service, context)):
        raise RehearsalError(
            f"KMSAccessDenied: topic {arn} is encrypted with {key}, whose policy does not let {service} use it "
            "(kms:GenerateDataKey*, kms:Decrypt): nothing would arrive. Give the topic a key of the stack that does."
        )


KINDS = (Topic, TopicPolicy, TopicSubscription, Budget)
