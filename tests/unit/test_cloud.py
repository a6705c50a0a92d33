"""What the stack asks of AWS."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from tests.unit import recording
from tests.unit.recording import ANSWERS, Recording
from tests.unit.running import run_program

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def test_exactly_these_doors_are_open(update: Recording) -> None:
    doors = {
        (
            rule.inputs["securityGroupId"],
            rule.inputs["fromPort"],
            rule.inputs["toPort"],
            rule.inputs["ipProtocol"],
            rule.inputs.get("cidrIpv4") or rule.inputs.get("referencedSecurityGroupId"),
        )
        for rule in update.of_type(INGRESS)
    }
    assert doors == {
        ("firewall-web-id", 80, 80, "tcp", "0.0.0.0/0"),
        ("firewall-web-id", 443, 443, "tcp", "0.0.0.0/0"),
        ("firewall-web-id", 22, 22, "tcp", "198.51.100.7/32"),
        ("firewall-web-id", 22, 22, "tcp", "203.0.113.0/24"),
        ("firewall-database-id", 5432, 5432, "tcp", "firewall-web-id"),
    }
    assert len(update.of_type(INGRESS)) == 5


def test_the_database_starts_no_connection_and_the_host_any(update: Recording) -> None:
    (rule,) = update.of_type(EGRESS)
    assert rule.inputs["securityGroupId"] == "firewall-web-id"
    assert (rule.inputs["ipProtocol"], rule.inputs["cidrIpv4"]) == ("-1", "0.0.0.0/0")


def test_no_group_has_rules_of_its_own(stack: Recording) -> None:
    groups = stack.of_type("aws:ec2/securityGroup:SecurityGroup")
    closed = stack.of_type("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert len(groups) == 2 and len(closed) == 1
    for group in groups + closed:
        assert not group.inputs.keys() & {"ingress", "egress"}, "inline rules fight with rule resources"


def test_only_public_subnets_lead_to_the_internet(update: Recording) -> None:
    (route,) = update.of_type("aws:ec2/route:Route")
    assert route.inputs == {
        "routeTableId": "network-public-routes-id",
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": "network-gateway-id",
    }
    tables = {
        association.inputs["subnetId"]: association.inputs["routeTableId"]
        for association in update.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    assert tables == {
        "network-public-1-id": "network-public-routes-id",
        "network-public-2-id": "network-public-routes-id",
        "network-isolated-1-id": "network-isolated-routes-id",
        "network-isolated-2-id": "network-isolated-routes-id",
    }


def test_the_subnets_lie_in_two_zones(stack: Recording) -> None:
    subnets = stack.of_type("aws:ec2/subnet:Subnet")
    assert {(s.name, s.inputs["cidrBlock"], s.inputs["availabilityZone"]) for s in subnets} == {
        ("network-public-1", "10.0.0.0/24", "eu-central-1a"),
        ("network-public-2", "10.0.1.0/24", "eu-central-1b"),
        ("network-isolated-1", "10.0.128.0/24", "eu-central-1a"),
        ("network-isolated-2", "10.0.129.0/24", "eu-central-1b"),
    }
    assert all(subnet.inputs["mapPublicIpOnLaunch"] is False for subnet in subnets)


def test_the_server_keeps_its_metadata_and_its_disk_to_itself(stack: Recording) -> None:
    server = stack.named("server-instance").inputs
    assert server["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    assert server["rootBlockDevice"] == {"encrypted": True, "volumeSize": 20, "volumeType": "gp3"}


def test_a_newer_image_replaces_no_server(stack: Recording) -> None:
    server = stack.named("server-instance")
    assert server.inputs["ami"] == "ami-0debian13"
    assert server.ignore_changes == ("ami", "userData")


@pytest.mark.parametrize(("instance_type", "architecture"), [("t4g.small", "arm64"), ("t3.small", "amd64")])
def test_the_image_has_the_architecture_of_the_instance_type(
    values: dict[str, Any], instance_type: str, architecture: str
) -> None:
    stack = run_program({**values, "instanceType": instance_type}, preview=True)
    name = f"/aws/service/debian/release/13/latest/{architecture}"
    assert ("aws:ssm/getParameter:getParameter", {"name": name}) in stack.invokes


def test_the_host_key_is_there_before_the_host_boots(update: Recording) -> None:
    assert update.named("server-instance").inputs["userData"] == (
        "#cloud-config\n"
        "ssh_deletekeys: true\n"
        "ssh_keys:\n"
        "  ed25519_private: |\n"
        "    -----BEGIN OPENSSH PRIVATE KEY-----\n"
        "    PRIVATE-server-host-key\n"
        "    -----END OPENSSH PRIVATE KEY-----\n"
        "  ed25519_public: ssh-ed25519 PUBLIC-server-host-key\n"
    )


def test_the_database_is_encrypted_private_and_speaks_tls_only(update: Recording) -> None:
    database = update.named("database-instance").inputs
    assert database["engineVersion"] == "17", "RDS picks the minor version"
    assert database["storageEncrypted"] is True and database["storageType"] == "gp3"
    assert database["publiclyAccessible"] is False
    assert database["vpcSecurityGroupIds"] == ["firewall-database-id"]
    assert database["engineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert database["dbSubnetGroupName"] == "database-subnets-1a2b3c4"
    assert database["parameterGroupName"] == "database-parameters-1a2b3c4"
    assert update.named("database-parameters").inputs["parameters"] == [
        {"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"}
    ]
    assert update.named("database-subnets").inputs["subnetIds"] == ["network-isolated-1-id", "network-isolated-2-id"]


def test_passwords_need_no_quoting(stack: Recording) -> None:
    passwords = stack.of_type("random:index/randomPassword:RandomPassword")
    assert {password.name for password in passwords} == {
        "database-master-password",
        "database-app-password",
        "release-secret-key",
    }
    for password in passwords:
        assert password.inputs["special"] is False and password.inputs["length"] >= 32, password.name


def test_an_unprotected_stack_goes_in_one_destroy(update: Recording) -> None:
    assert [resource.name for resource in update.resources if resource.protect] == []
    assert update.named("server-instance").inputs["disableApiTermination"] is False
    database = update.named("database-instance").inputs
    assert (database["deletionProtection"], database["skipFinalSnapshot"]) == (False, True)
    assert "finalSnapshotIdentifier" not in database


def test_one_value_protects_the_server_and_the_database(values: dict[str, Any]) -> None:
    stack = run_program({**values, "protect": True})
    assert {resource.name for resource in stack.resources if resource.protect} == {
        "server-instance",
        "database-instance",
    }
    assert stack.named("server-instance").inputs["disableApiTermination"] is True
    database = stack.named("database-instance").inputs
    assert (database["deletionProtection"], database["skipFinalSnapshot"]) == (True, False)
    assert database["finalSnapshotIdentifier"] == "database-subnets-1a2b3c4-final"


def test_the_name_leads_to_the_elastic_address(update: Recording) -> None:
    assert update.named("dns-record").inputs == {
        "zoneId": "ZEXAMPLE",
        "name": "www.example.org",
        "type": "A",
        "ttl": 60,
        "records": ["203.0.113.80"],
    }


def test_a_zone_that_is_not_there_is_one_sentence(values: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ANSWERS, "aws:route53/getZone:getZone")
    with pytest.raises(
        pulumi.RunError, match=r"slipway:hostedZone is 'example.org', and Route 53 has no such public zone"
    ):
        run_program(values)


def test_what_is_looked_up_is_looked_up_before_anything_is_made(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(recording, "Registered", lambda **resource: made.append(resource["name"]))
    monkeypatch.delitem(ANSWERS, "aws:route53/getZone:getZone")
    with pytest.raises(pulumi.RunError):
        run_program(values)
    assert made == []
