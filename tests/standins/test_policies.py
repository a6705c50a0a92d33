"""What a policy allows: as far as the stand-in cloud has to know."""

import json

import pytest

from rehearsal.providers.policies import allows
from rehearsal.providers.values import Values

ALLOW: Values = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:t"}
TLS: Values = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sns:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
CLOUDWATCH = "cloudwatch.amazonaws.com"


def policy(*statements: Values) -> list[str]:
    return [json.dumps({"Version": "2012-10-17", "Statement": list(statements)})]


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ({"Principal": {"Service": CLOUDWATCH}}, True),
        ({"Principal": {"Service": [CLOUDWATCH, "budgets.amazonaws.com"]}}, True),
        ({"Principal": {"Service": "budgets.amazonaws.com"}}, False),
        ({"Principal": {"AWS": "123456789012"}}, False),
        ({"Principal": "*", "Action": "SNS:publish"}, True),
        ({"Principal": "*", "Action": ["sns:Sub*", "sns:Pub*"]}, True),
        ({"Principal": "*", "Resource": "arn:other"}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}, True),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "2"}}}, False),
        ({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": ["arn:x", "arn:a:*"]}}}, True),
        ({"Principal": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "9"}}}, True),
    ],
)
def test_a_service_that_publishes(statement: Values, allowed: bool) -> None:
    context = {"aws:SourceAccount": "1", "aws:SourceArn": "arn:a:b"}
    said = allows(policy({**ALLOW, **statement}), "sns:Publish", service=CLOUDWATCH, resource="arn:t", context=context)
    assert said is allowed


def test_a_denial_outweighs_what_is_allowed_where_its_condition_is_met_for_certain() -> None:
    both = policy({**ALLOW, "Principal": "*"}, TLS)
    assert allows(both, "sns:Publish", service=CLOUDWATCH, context={"aws:SecureTransport": "true"})
    assert not allows(both, "sns:Publish", service=CLOUDWATCH, context={"aws:SecureTransport": "false"})
    assert allows(both, "sns:Publish", service=CLOUDWATCH), "nobody said that it was not TLS"


def test_a_role_s_policies_name_no_principal_and_add_up() -> None:
    role = [*policy(ALLOW), *policy({**ALLOW, "Action": "s3:GetObject", "Resource": "arn:b/*"})]
    assert allows(role, "s3:GetObject", resource="arn:b/c") and allows(role, "sns:Publish", resource="arn:t")
    assert not allows(role, "s3:PutObject", resource="arn:b/c")
    assert not allows([], "s3:GetObject", resource="arn:b/c")
