"""What an EC2 instance must be like."""

from tests.policies.example import Example

INSTANCE = "aws:ec2/instance:Instance"
TOKENS = {"httpTokens": "required", "httpPutResponseHopLimit": 1}

EXAMPLES = (
    Example(
        rule="metadata-by-token",
        type=INSTANCE,
        good={"metadataOptions": TOKENS},
        bad={"metadataOptions": {**TOKENS, "httpTokens": "optional"}},
        sentence="it answers metadata requests without a token; set httpTokens to required (IMDSv2).",
    ),
    Example(
        rule="metadata-by-token",
        type=INSTANCE,
        good={"metadataOptions": TOKENS},
        bad={"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2}},
        sentence="it hands metadata tokens to other hosts; set httpPutResponseHopLimit to 1.",
    ),
    Example(
        rule="instance-kept",
        type=INSTANCE,
        good={"disableApiTermination": True},
        bad={"disableApiTermination": False},
        sentence="it can be terminated by one call; set disableApiTermination.",
    ),
)
