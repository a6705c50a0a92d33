"""What the program asks AWS before it makes anything: images, zones, hosted zones."""

from collections.abc import Callable, Sequence

from rehearsal.errors import RehearsalError
from rehearsal.names import zone_id
from rehearsal.providers.account import NOBODY
from rehearsal.providers.values import Values

# Debian publishes its AMIs under these public parameters (wiki.debian.org/Cloud/AmazonEC2Image).
IMAGES = {
    "/aws/service/debian/release/13/latest/amd64": "ami-0000000000000deb13-x64",
    "/aws/service/debian/release/13/latest/arm64": "ami-0000000000000deb13-a64",
}

# Most regions have these three zones, whatever others they have; a new account sees these in the others.
ZONE_LETTERS = "abc"
OTHER_ZONE_LETTERS = {"ap-northeast-1": "acd", "ca-central-1": "abd", "cn-north-1": "ab", "us-west-1": "ab"}


def lookups(
    region: str, account: str = NOBODY, hosted_zones: Sequence[str] = ()
) -> dict[str, Callable[[Values], Values]]:
    """Every lookup the rehearsal answers, for a stack in that AWS region and account.

    The account has these hosted zones, or any where none is named: a rehearsal does not ask who owns a domain.
    """

    def availability_zones(arguments: Values) -> Values:
        _only("getAvailabilityZones", arguments, {"state", "filters", "excludeZoneIds"})
        return {"id": region, "names": zone_names(region), "zoneIds": [], "region": region}

    def caller_identity(arguments: Values) -> Values:
        _only("getCallerIdentity", arguments, set())
        arn = f"arn:aws:iam::{account}:user/rehearsal"
        return {"id": account, "accountId": account, "arn": arn, "userId": "AIDAREHEARSAL"}

    def this_region(arguments: Values) -> Values:
        _only("getRegion", arguments, {"name", "region"})
        name = arguments.get("region") or arguments.get("name") or region
        if name != region:
            raise RehearsalError(f"The rehearsal's cloud has the region {region} alone, not {name}.")
        return {"id": name, "region": name, "name": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}

    def partition(arguments: Values) -> Values:
        _only("getPartition", arguments, set())
        names = {"dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}
        return {"id": "aws", "partition": "aws", "region": region, **names}

    def hosted_zone(arguments: Values) -> Values:
        _only("getZone", arguments, {"name", "privateZone"})
        name = str(arguments.get("name", "")).strip(".")
        if not name or arguments.get("privateZone"):
            raise RehearsalError(
                "The rehearsal's stand-in for the lookup getZone finds public hosted zones, by their name."
            )
        if hosted_zones and name not in hosted_zones:
            raise RehearsalError("no matching Route 53 Hosted Zone found")
        return {"id": zone_id(name), "zoneId": zone_id(name), "name": name, "arn": "", "nameServers": [], "comment": ""}

    return {
        "aws:index/getPartition:getPartition": partition,
        "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
        "aws:index/getRegion:getRegion": this_region,
        "aws:ssm/getParameter:getParameter": parameter,
        "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
        "aws:route53/getZone:getZone": hosted_zone,
    }


def zone_names(region: str) -> list[str]:
    return [f"{region}{letter}" for letter in OTHER_ZONE_LETTERS.get(region, ZONE_LETTERS)]


def parameter(arguments: Values) -> Values:
    """Of the public parameters, those that name Debian's images."""
    _only("getParameter", arguments, {"name", "withDecryption"})
    name = arguments["name"]
    if name not in IMAGES:
        raise RehearsalError(
            f"ParameterNotFound: the rehearsal knows no SSM parameter {name}, only {', '.join(IMAGES)}."
        )
    return {"id": name, "name": name, "value": IMAGES[name], "type": "String", "version": 1, "arn": "", "region": ""}


def _only(lookup: str, arguments: Values, known: set[str]) -> None:
    if strange := sorted(set(arguments) - known):
        raise RehearsalError(f"The rehearsal's stand-in for the lookup {lookup} does not know {', '.join(strange)}.")
