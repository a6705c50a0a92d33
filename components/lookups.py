"""What is looked up in AWS before anything is made there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi
import pulumi_aws as aws

from components.place import HostedZone, Place
from tables.instance_types import architecture

# Northern Virginia's oldest zone has no t3, t4g or later family. Its letter differs between accounts, its id does not
# (EC2 User Guide, "AZ IDs"; kubernetes-sigs/provider-aws-test-infra, pull request 354).
OUTDATED_ZONES = ["use1-az3"]


def image(instance_type: str) -> str:
    """The id of Debian 13's current image for a type (https://wiki.debian.org/Cloud/AmazonEC2Image)."""
    name = f"/aws/service/debian/release/13/latest/{architecture(instance_type)}"
    with _or(
        f"slipway:instanceType is {instance_type!r}, and AWS names no image of Debian 13 for it here, at {name}",
        "take another aws:region, or let these credentials read that parameter",
    ):
        return str(aws.ssm.get_parameter(name=name).value)


def zones() -> list[str]:
    """The availability zones of the region, without the Local Zones that an account may have opted in to."""
    ordinary = aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])
    with _or("AWS does not say which availability zones aws:region has", "let these credentials describe them"):
        found = aws.get_availability_zones(state="available", filters=[ordinary], exclude_zone_ids=OUTDATED_ZONES)
        return list(found.names)


def hosted_zone(name: str) -> HostedZone:
    """The public zone `name`."""
    with _or(
        f"slipway:hostedZone is {name!r}, and Route 53 has no such public zone here",
        "create the zone, or name the one that exists",
    ):
        return HostedZone(name=name, id=str(aws.route53.get_zone(name=name, private_zone=False).zone_id))


def place() -> Place:
    """The partition, region and account that this stack's credentials lead to."""
    with _or(
        "AWS does not say which account this is",
        "set aws:region, give credentials that are valid, and of an account that aws:allowedAccountIds names",
    ):
        return Place(
            partition=str(aws.get_partition().partition),
            region=str(aws.get_region().region),
            account=str(aws.get_caller_identity().account_id),
        )


@contextmanager
def _or(lack: str, remedy: str) -> Iterator[None]:
    """RunError in place of what the SDK raises, which the engine would print with its traceback."""
    try:
        yield
    except Exception as error:
        raise pulumi.RunError(f"{lack} ({' '.join(str(error).split())}); {remedy}.") from error
