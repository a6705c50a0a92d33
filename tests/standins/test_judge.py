"""AWS's own refusals, before anything real happens: moto knows them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.ledger import Ledger
from rehearsal.providers.account import client
from rehearsal.providers.asking import ASK
from rehearsal.providers.judge import Judge
from rehearsal.providers.lookups import lookups
from rehearsal.providers.values import Values
from tests.standins.clouds import ARM, INTEL, KEY, REGION

ZONES = f"{REGION}a", f"{REGION}b"


class Account:
    """A judge with a ledger that keeps what it allows, as the kinds do."""

    def __init__(self, path: Path) -> None:
        self.ledger = Ledger(path)
        self.judge = Judge(self.ledger, REGION)

    def make(self, type: str, **inputs: object) -> str:
        id = self.judge.create(type, inputs)
        self.ledger.put(type, id, {"inputs": inputs})
        return id

    def refusal(self, type: str, **inputs: object) -> str:
        with pytest.raises(RehearsalError) as error:
            self.judge.create(type, inputs)
        return str(error.value)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    environment = dict(os.environ)
    account = Account(tmp_path / "ledger.json")
    yield account
    account.judge.close()
    os.environ.clear()
    os.environ.update(environment)


def instance(account: Account, **other: object) -> Values:
    """What an instance needs, made; the instance's inputs."""
    vpc = account.make(tokens.VPC, cidrBlock="10.0.0.0/16")
    subnet = account.make(tokens.SUBNET, vpcId=vpc, cidrBlock="10.0.0.0/24", availabilityZone=ZONES[0])
    group = account.make(tokens.SECURITY_GROUP, name="web", description="web", vpcId=vpc)
    account.make(tokens.KEY_PAIR, keyName="key", publicKey=KEY)
    usual = {"ami": ARM, "instanceType": "t4g.small", "keyName": "key"}
    return {**usual, "subnetId": subnet, "vpcSecurityGroupIds": [group], **other}


def test_a_subnet_outside_its_vpc(account: Account) -> None:
    vpc = account.make(tokens.VPC, cidrBlock="10.0.0.0/16")
    said = account.refusal(tokens.SUBNET, vpcId=vpc, cidrBlock="10.1.0.0/24", availabilityZone=ZONES[0])
    assert said == "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid."


def test_two_subnets_that_overlap(account: Account) -> None:
    vpc = account.make(tokens.VPC, cidrBlock="10.0.0.0/16")
    account.make(tokens.SUBNET, vpcId=vpc, cidrBlock="10.0.0.0/24", availabilityZone=ZONES[0])
    said = account.refusal(tokens.SUBNET, vpcId=vpc, cidrBlock="10.0.0.128/25", availabilityZone=ZONES[1])
    assert said == "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet"


def test_a_vpc_that_is_too_large(account: Account) -> None:
    said = account.refusal(tokens.VPC, cidrBlock="10.0.0.0/8")
    assert said == "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."


@pytest.mark.parametrize(
    ("type", "inputs", "said"),
    [
        (
            tokens.SUBNET,
            {"vpcId": "vpc-0", "cidrBlock": "10.0.0.0/24", "availabilityZone": ZONES[0]},
            "InvalidVpcID.NotFound: VpcID vpc-0 does not exist.",
        ),
        (
            tokens.ROUTE,
            {"routeTableId": "rtb-0", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0"},
            "InvalidRouteTableID.NotFound: The routeTable ID 'rtb-0' does not exist",
        ),
        (
            tokens.INGRESS_RULE,
            {"securityGroupId": "sg-0", "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
            "InvalidGroup.NotFound: The security group 'sg-0' does not exist",
        ),
        (
            tokens.DB_SUBNET_GROUP,
            {"name": "db", "subnetIds": ["subnet-0"]},
            "InvalidSubnetID.NotFound: The subnet ID 'subnet-0' does not exist",
        ),
        (
            tokens.KEY_PAIR,
            {"keyName": "key", "publicKey": "garbage"},
            "InvalidKeyPair.Format: Key is not in valid OpenSSH public key format",
        ),
    ],
)
def test_a_reference_to_nothing_and_a_key_that_is_none(account: Account, type: str, inputs: Values, said: str) -> None:
    assert account.refusal(type, **inputs) == said


def test_the_same_rule_twice(account: Account) -> None:
    vpc = account.make(tokens.VPC, cidrBlock="10.0.0.0/16")
    group = account.make(tokens.SECURITY_GROUP, name="web", description="web", vpcId=vpc)
    rule = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": "0.0.0.0/0"}
    account.make(tokens.INGRESS_RULE, **rule)
    assert account.refusal(tokens.INGRESS_RULE, **rule).startswith("InvalidPermission.Duplicate: ")


def test_tcp_without_ports(account: Account) -> None:
    vpc = account.make(tokens.VPC, cidrBlock="10.0.0.0/16")
    group = account.make(tokens.SECURITY_GROUP, name="web", description="web", vpcId=vpc)
    said = account.refusal(tokens.INGRESS_RULE, securityGroupId=group, ipProtocol="tcp", cidrIpv4="0.0.0.0/0")
    assert said == (
        "InvalidParameterValue: Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."
    )


def test_an_instance_type_that_does_not_exist(account: Account) -> None:
    said = account.refusal(tokens.INSTANCE, **instance(account, instanceType="t9.huge"))
    assert said == "InvalidInstanceType: The following supplied instance types do not exist: [t9.huge]"


def test_an_image_of_the_wrong_architecture(account: Account) -> None:
    said = account.refusal(tokens.INSTANCE, **instance(account, ami=INTEL))
    assert said == (
        "The architecture 'arm64' of instance type 't4g.small' does not match the architecture 'x86_64' of image "
        f"'{INTEL}' (input ami)."
    )


def test_after_a_restart_the_ids_of_before_work(account: Account, tmp_path: Path) -> None:
    inputs = instance(account)
    id = account.make(tokens.INSTANCE, **inputs)
    eip = account.make(tokens.EIP, domain="vpc")
    account.judge.close()
    account.ledger, account.judge = (later := Account(tmp_path / "ledger.json")).ledger, later.judge
    assert account.make(tokens.EIP_ASSOCIATION, instanceId=id, allocationId=eip)
    said = account.refusal(tokens.KEY_PAIR, keyName="key", publicKey=KEY)
    assert said == "InvalidKeyPair.Duplicate: The keypair 'key' already exists."


def test_what_was_deleted_may_be_made_again(account: Account) -> None:
    account.make(tokens.KEY_PAIR, keyName="key", publicKey=KEY)
    account.ledger.drop(tokens.KEY_PAIR, "key")
    account.judge.forget()
    assert account.make(tokens.KEY_PAIR, keyName="key", publicKey=KEY) == "key"


def test_a_change_is_judged_before_it_happens(account: Account) -> None:
    inputs = instance(account)
    id = account.make(tokens.INSTANCE, **inputs)
    with pytest.raises(RehearsalError) as error:
        account.judge.change(tokens.INSTANCE, id, {**inputs, "instanceType": "t3.small"})
    assert "does not match the architecture 'arm64'" in str(error.value)


def test_an_old_resource_may_be_changed_to_refer_to_a_younger_one(account: Account) -> None:
    inputs = instance(account)
    id = account.make(tokens.INSTANCE, **inputs)
    vpc = next(iter(account.ledger.of(tokens.VPC))).id
    younger = account.make(tokens.SECURITY_GROUP, name="younger", description="younger", vpcId=vpc)
    changed = {**inputs, "vpcSecurityGroupIds": [younger]}
    account.judge.change(tokens.INSTANCE, id, changed)
    account.ledger.put(tokens.INSTANCE, id, {"inputs": changed})
    account.judge.forget()
    assert account.make(tokens.EIP, domain="vpc")


def test_the_user_s_own_aws_settings_neither_help_nor_hinder(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    client.cache_clear()
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert account.make(tokens.VPC, cidrBlock="10.0.0.0/16").startswith("vpc-")


def test_no_type_is_asked_of_before_one_it_refers_to() -> None:
    order = list(ASK)
    for later, sooner in (
        (tokens.SUBNET, tokens.VPC),
        (tokens.ROUTE, tokens.INTERNET_GATEWAY),
        (tokens.INGRESS_RULE, tokens.SECURITY_GROUP),
        (tokens.INSTANCE, tokens.KEY_PAIR),
        (tokens.EIP_ASSOCIATION, tokens.INSTANCE),
        (tokens.DB_INSTANCE, tokens.DB_PARAMETER_GROUP),
    ):
        assert order.index(sooner) < order.index(later)


def test_the_zones_of_a_region_are_ones_it_has(account: Account) -> None:
    account.make(tokens.VPC, cidrBlock="10.0.0.0/16")
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

    for region, zones in RegionsAndZonesBackend.zones.items():
        names = lookups(region)["aws:index/getAvailabilityZones:getAvailabilityZones"]({})["names"]
        assert set(names) <= {zone.name for zone in zones}, region
        assert len(names) >= 2, region
