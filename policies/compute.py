"""What an EC2 instance must be like."""

from __future__ import annotations

from collections.abc import Iterator

from policies.resource import Resource, Rule

INSTANCE = frozenset({"aws:ec2/instance:Instance"})


def metadata(resource: Resource) -> Iterator[str]:
    """A request that a visitor tricks the app into must not read the instance's credentials."""
    options = resource.block("metadataOptions")
    if options.get("httpTokens") != "required":
        yield "answers metadata requests without a token; set httpTokens to required (IMDSv2)."
    if options.get("httpPutResponseHopLimit") != 1:
        yield "hands metadata tokens to other hosts; set httpPutResponseHopLimit to 1."


def termination(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("disableApiTermination"):
        yield "can be terminated by one call; set disableApiTermination."


RULES = (
    Rule(
        name="metadata-by-token",
        says="Instance metadata is read by IMDSv2 alone, from the instance itself.",
        types=INSTANCE,
        check=metadata,
    ),
    Rule(
        name="instance-kept",
        says="In production, no call terminates the server.",
        types=INSTANCE,
        check=termination,
        production=True,
    ),
)
