"""AWS's stand-in: what it takes, what it refuses, and what is protected."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from rehearsal.errors import RehearsalError
from rehearsal.providers.assembly import cloud_kinds
from rehearsal.providers.lookups import lookups
from rehearsal.providers.standin import StandIn
from rehearsal.providers.values import Values
from tests.standins import clouds
from tests.standins.provider_calls import Changes, Provider, refusal, serving

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
INSTANCE = "aws:ec2/instance:Instance"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    cloud = clouds.quiet(tmp_path_factory.mktemp("cloud"))
    with serving(StandIn("aws", "7", cloud_kinds(cloud), lookups(clouds.REGION))) as provider:
        yield provider


def test_an_argument_that_a_lookup_does_not_know_is_refused_by_name(aws: Provider) -> None:
    with pytest.raises(grpc.RpcError) as error:
        aws.invoke("aws:route53/getZone:getZone", {"name": "a.test", "vpcId": "vpc-1"})
    assert refusal(error) == "The rehearsal's stand-in for the lookup getZone does not know vpcId."


def test_a_lookup_answers(aws: Provider) -> None:
    assert aws.invoke("aws:route53/getZone:getZone", {"name": "slipway.test."})["zoneId"] == "Z-slipway.test"


def test_an_account_with_zones_of_its_own_has_no_other() -> None:
    find = lookups(clouds.REGION, hosted_zones=["example.org"])["aws:route53/getZone:getZone"]
    assert find({"name": "example.org."})["zoneId"] == "Z-example.org"
    with pytest.raises(RehearsalError, match=r"^no matching Route 53 Hosted Zone found$"):
        find({"name": "example.net"})


@pytest.mark.parametrize(("asked", "replaces"), [(True, ["userData"]), (False, [])])
def test_user_data_replaces_an_instance_only_if_asked_to(aws: Provider, asked: bool, replaces: list[str]) -> None:
    old = {"userData": "a", "userDataReplaceOnChange": asked}
    assert aws.diff(INSTANCE, old, {**old, "userData": "b"}) == Changes(some=True, replaces=replaces)


@pytest.mark.parametrize("peers", [{}, {"cidrIpv4": "0.0.0.0/0", "referencedSecurityGroupId": UNKNOWN}])
def test_a_rule_has_one_peer(aws: Provider, peers: Values) -> None:
    _, failures = aws.check(INGRESS, {"securityGroupId": "sg-1", "ipProtocol": "-1", **peers})
    assert failures == [f"cidrIpv4 or referencedSecurityGroupId: {INGRESS} needs exactly one of them"]


@pytest.mark.parametrize(
    ("inputs", "failure"),
    [
        (
            {"cidrIpv4": "10.0.0.1/24"},
            "cidrIpv4: '10.0.0.1/24' is not a valid IPv4 CIDR block: 10.0.0.1/24 has host bits set",
        ),
        ({"cidrIpv4": "10.0.0.1"}, "cidrIpv4: '10.0.0.1' is not a valid IPv4 CIDR block: it has no prefix length"),
        ({"ipProtocol": "gre"}, "ipProtocol: 'gre' is none of tcp, udp, icmp, -1"),
        ({"fromPort": 90, "toPort": 80}, "fromPort: 90-80 is not a range of ports between 0 and 65535"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(aws: Provider, inputs: Values, failure: str) -> None:
    usual = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0", "fromPort": 80, "toPort": 80}
    assert aws.check(INGRESS, {**usual, **inputs})[1] == [failure]


def test_a_name_is_given_once_and_kept(aws: Provider) -> None:
    taken, failures = aws.check("aws:rds/subnetGroup:SubnetGroup", {"subnetIds": ["a"]}, name="database-subnets")
    assert failures == [] and taken["name"] == "database-subnets-0001020"
    again, _ = aws.check("aws:rds/subnetGroup:SubnetGroup", {"subnetIds": ["b"]}, {**taken, "name": "kept"})
    assert again["name"] == "kept"


def test_a_database_group_in_one_zone_is_refused_in_aws_s_words(tmp_path: Path) -> None:
    cloud = clouds.quiet(tmp_path)
    cloud.ledger.put("aws:ec2/subnet:Subnet", "subnet-1", {"zone": "eu-central-1a", "vpc": "vpc-1"})
    with serving(StandIn("aws", "7", cloud_kinds(cloud), {})) as aws, pytest.raises(grpc.RpcError) as error:
        aws.create("aws:rds/subnetGroup:SubnetGroup", {"name": "db", "subnetIds": ["subnet-1"]})
    assert refusal(error) == (
        "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage "
        "requirement. Current AZ coverage: eu-central-1a. Add subnets to cover at least 2 AZs."
    )


def test_what_is_protected_is_not_deleted(tmp_path: Path) -> None:
    cloud = clouds.quiet(tmp_path)
    clouds.site(cloud.ledger)
    with serving(StandIn("aws", "7", cloud_kinds(cloud), {})) as aws:
        with pytest.raises(grpc.RpcError) as instance:
            aws.delete(INSTANCE, "i-1", {"disableApiTermination": True})
        with pytest.raises(grpc.RpcError) as database:
            aws.delete("aws:rds/instance:Instance", "db", {"deletionProtection": True})
        with pytest.raises(grpc.RpcError) as unsaved:
            aws.delete("aws:rds/instance:Instance", "db", {"skipFinalSnapshot": False})
    assert refusal(instance).startswith("OperationNotPermitted: The instance 'i-1' may not be terminated.")
    assert refusal(database).startswith("InvalidParameterCombination: Cannot delete protected DB Instance")
    assert refusal(unsaved) == (
        "final_snapshot_identifier is required when skip_final_snapshot is false (DB instance db): "
        "set finalSnapshotIdentifier."
    )
    assert cloud.ledger.find(INSTANCE, "i-1") and cloud.ledger.find("aws:rds/instance:Instance", "db")


def test_what_is_gone_is_read_as_gone(aws: Provider) -> None:
    assert aws.read("aws:ec2/vpc:Vpc", "vpc-0", {"cidrBlock": "10.0.0.0/16"}) == ("", {})
