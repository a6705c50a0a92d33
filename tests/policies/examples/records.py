"""Logs and tags."""

from tests.policies.example import Example

EXAMPLES = (
    Example(
        rule="log-retention",
        type="aws:cloudwatch/logGroup:LogGroup",
        good={"retentionInDays": 30},
        bad={"retentionInDays": 0},
        sentence="it keeps its logs for ever; give retentionInDays.",
    ),
    Example(
        rule="tagged",
        type="aws:ec2/vpc:Vpc",
        good={"tags": {"Name": "slipway-dev-network", "slipway:stack": "dev"}},
        bad={"tags": {"Name": "slipway-dev-network"}},
        sentence="it lacks the tag slipway:stack; pass tags(name) of components/naming.py.",
    ),
)
