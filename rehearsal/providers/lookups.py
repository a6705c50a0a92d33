"""What the program asks AWS before it makes anything: images, zones, hosted zones."""

from collections.abc import Callable

from rehearsal.errors import RehearsalError
from rehearsal.names import zone_id
from rehearsal.providers.values import Values

# Debian publishes its AMIs under these public parameters (wiki.debian.org/Cloud/AmazonEC2Image).
IMAGES = {
    "/aws/service/debian/release/13/latest/amd64": "ami-0000000000000deb13-x64",
    "/aws/service/debian/release/13/latest/arm64": "ami-0000000000000deb13-a64",
}

# Every commercial region has at least these three zones, but us-west-1.
ZONE_LETTERS = "abc"


def parameter(arguments: Values) -> Values:
    name = arguments["name"]
    if name not in IMAGES:
        raise RehearsalError(
            f"ParameterNotFound: the rehearsal knows no SSM parameter {name}, only {', '.join(IMAGES)}."
        )
    return {"id": name, "name": name, "value": IMAGES[name], "type": "String", "version": 1, "arn": "", "region": ""}


def lookups(region: str) -> dict[str, Callable[[Values], Values]]:
    """Every lookup the rehearsal answers, for a stack in that AWS region."""

    def availability_zones(arguments: Values) -> Values:
        return {
            "id": region,
            "names": [f"{region}{letter}" for letter in ZONE_LETTERS],
            "zoneIds": [],
            "region": region,
        }

    return {
        "aws:ssm/getParameter:getParameter": parameter,
        "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
        "aws:route53/getZone:getZone": hosted_zone,
    }


def hosted_zone(arguments: Values) -> Values:
    """Any public zone is there: a rehearsal does not ask who owns a domain."""
    name = str(arguments.get("name", "")).strip(".")
    return {"id": zone_id(name), "zoneId": zone_id(name), "name": name, "arn": "", "nameServers": [], "comment": ""}
