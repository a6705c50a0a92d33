"""Where a stack lives in AWS: the parts that every name of a resource (ARN) begins with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class HostedZone:
    """A Route 53 zone."""

    name: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Partition (aws, aws-cn …), region and account."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional resource, such as arn("logs", "log-group:/x")."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"
