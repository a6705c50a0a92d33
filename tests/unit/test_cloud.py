"""What the stack asks of AWS."""

from __future__ import annotations

import json
import re
from typing import Any

import pulumi
import pytest

from components.protection import Protection, refusal
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


def test_the_uploads_have_an_encrypted_disk_of_their_own_where_the_server_is(update: Recording) -> None:
    volume = update.named("media-volume").inputs
    assert {key: volume[key] for key in ("availabilityZone", "encrypted", "size", "type")} == {
        "availabilityZone": update.named("network-public-1").inputs["availabilityZone"],
        "encrypted": True,
        "size": 10,
        "type": "gp3",
    }
    assert update.named("server-instance").inputs["subnetId"] == "network-public-1-id"


def test_the_disk_of_the_uploads_comes_off_a_stopped_server_before_the_next_one_gets_it(stack: Recording) -> None:
    attachment = stack.named("media-attachment")
    assert attachment.inputs["stopInstanceBeforeDetaching"] is True, "a mounted volume does not come off"
    assert attachment.delete_before_replace, "AWS attaches a volume to one instance at a time"
    assert not attachment.protect, "it is no data, and a server is replaced on purpose"


def test_a_larger_disk_is_the_same_disk_and_one_step(values: dict[str, Any], update: Recording) -> None:
    larger = run_program({**values, "mediaVolumeGb": 20})
    assert larger.named("media-volume").inputs["size"] == 20
    assert [
        step.name
        for step in larger.steps()
        if step.inputs.get("create") != update.named(step.name).inputs.get("create")
    ] == ["media-mount"]
    assert "slipway-host volume --id media-volume-id --size-gb 20\n" in larger.named("media-mount").inputs["create"]


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


def test_the_host_may_do_what_it_is_told_and_only_ec2_can_take_on_its_role(update: Recording) -> None:
    role = json.loads(update.named("identity-role").inputs["assumeRolePolicy"])
    assert [(rule["Principal"], rule["Action"]) for rule in role["Statement"]] == [
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole")
    ]
    rights = json.loads(update.named("identity-rights").inputs["policy"])
    assert [rule["Action"] for rule in rights["Statement"]] == [
        "cloudwatch:PutMetricData",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
    ]
    assert update.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment") == [], (
        "AWS's own policies grant too much"
    )
    assert update.named("server-instance").inputs["iamInstanceProfile"]


def test_the_server_has_a_way_out_before_it_boots_and_until_it_is_gone(stack: Recording) -> None:
    ways = {"network-public-internet", "network-public-1-association"}
    assert ways <= set(stack.named("server-instance").dependencies)


def test_what_hosts_fetch_from_s3_stays_within_aws(update: Recording) -> None:
    endpoint = update.named("network-s3").inputs
    assert (endpoint["vpcEndpointType"], endpoint["serviceName"]) == ("Gateway", "com.amazonaws.eu-central-1.s3")
    assert endpoint["routeTableIds"] == ["network-public-routes-id"]


def test_the_database_is_encrypted_private_and_speaks_tls_only(update: Recording) -> None:
    database = update.named("database-instance").inputs
    assert database["engineVersion"] == "17", "RDS picks the minor version"
    assert database["storageEncrypted"] is True and database["storageType"] == "gp3"
    assert database["publiclyAccessible"] is False
    assert database["vpcSecurityGroupIds"] == ["firewall-database-id"]
    assert database["engineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert database["dbSubnetGroupName"] == "database-subnets-1a2b3c4"
    assert database["parameterGroupName"] == "database-parameters-1a2b3c4"
    assert database["databaseInsightsMode"] == "standard" and database["autoMinorVersionUpgrade"] is True
    assert update.named("database-parameters").inputs["parameters"] == [
        {"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"}
    ]
    assert update.named("database-subnets").inputs["subnetIds"] == ["network-isolated-1-id", "network-isolated-2-id"]


def test_passwords_need_no_quoting(stack: Recording) -> None:
    passwords = stack.of_type("random:index/randomPassword:RandomPassword")
    assert {password.name for password in passwords} == {
        "database-master-password",
        "database-owner-password-1",
        "database-app-password-1",
        "release-secret-key-1",
    }
    for password in passwords:
        assert password.inputs["special"] is False and password.inputs["length"] >= 32, password.name


def test_the_database_grows_by_itself_up_to_a_ceiling(values: dict[str, Any]) -> None:
    wanted = {"databaseStorageGb": 30, "databaseMaxStorageGb": 200, "databaseMultiAz": True}
    database = run_program({**values, **wanted}).named("database-instance").inputs
    assert (database["allocatedStorage"], database["maxAllocatedStorage"], database["multiAz"]) == (30, 200, True)
    fixed = run_program({**values, "databaseMaxStorageGb": 0}).named("database-instance").inputs
    assert "maxAllocatedStorage" not in fixed and fixed["multiAz"] is False


@pytest.mark.parametrize(("storage_gb", "iops"), [(20, None), (399, None), (400, 12000), (1000, 12000)])
def test_a_volume_is_asked_for_the_iops_that_its_size_brings(
    values: dict[str, Any], storage_gb: int, iops: int | None
) -> None:
    wanted = {"databaseStorageGb": storage_gb, "databaseMaxStorageGb": 0}
    assert run_program({**values, **wanted}).named("database-instance").inputs.get("iops") == iops


def test_backups_are_over_before_maintenance_begins(update: Recording) -> None:
    database = update.named("database-instance").inputs
    assert (database["backupWindow"], database["maintenanceWindow"]) == ("02:00-03:00", "sun:03:30-sun:04:30")


def test_the_logs_of_the_database_are_the_stacks_before_rds_could_make_them(stack: Recording) -> None:
    for name in ("postgresql", "upgrade"):
        group = stack.named(f"database-log-{name}")
        assert group.inputs["retentionInDays"] == 30
        assert group.name in stack.named("database-instance").dependencies, "RDS would keep them for ever"
    assert stack.named("database-instance").inputs["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]


def test_each_log_of_the_database_has_the_name_that_rds_writes_to(update: Recording) -> None:
    assert update.named("database-instance").inputs["identifier"] == "slipway-test-1a2b3c4d"
    assert update.named("database-log-upgrade").inputs["name"] == "/aws/rds/instance/slipway-test-1a2b3c4d/upgrade"


def test_there_is_a_replica_only_where_one_is_wanted(update: Recording, values: dict[str, Any]) -> None:
    assert [instance.name for instance in update.of_type("aws:rds/instance:Instance")] == ["database-instance"]
    stack = run_program({**values, "databaseReadReplica": True, "protect": True})
    replica = stack.named("database-replica")
    assert replica.inputs["replicateSourceDb"] == "slipway-test-1a2b3c4d"
    assert replica.inputs["storageEncrypted"] is True and replica.inputs["publiclyAccessible"] is False
    assert replica.inputs["vpcSecurityGroupIds"] == ["firewall-database-id"]
    assert replica.inputs["skipFinalSnapshot"] is True, "its rows are the database's"
    assert not replica.inputs.keys() & {"username", "password", "engine", "allocatedStorage", "dbSubnetGroupName"}
    environment = stack.named("release-activate").inputs["stdin"]
    assert 'DATABASE_REPLICA_URL="postgresql://app:PASSWORD-database-app-password-1@' in environment
    assert "DATABASE_REPLICA_URL" not in update.named("release-activate").inputs["stdin"]


def test_the_last_snapshot_of_many_uploads_has_hours(stack: Recording) -> None:
    assert stack.named("media-volume").delete_limit == "6h"


KEPT = {"server-instance", "database-instance", "database-life", "media-volume"}


def protection(stack: Recording) -> dict[str, Any]:
    """Everything that decides whether something can be lost."""
    server, database = (stack.named(name).inputs for name in ("server-instance", "database-instance"))
    return {
        "protected": {resource.name for resource in stack.resources if resource.protect},
        "guarded": {resource.name for resource in stack.resources if resource.before_delete},
        "termination": server["disableApiTermination"],
        "deletion": database["deletionProtection"],
        "snapshot": None if database["skipFinalSnapshot"] else database["finalSnapshotIdentifier"],
        "backups": not database["deleteAutomatedBackups"],
        "last uploads": stack.named("media-volume").inputs["finalSnapshot"],
        "image": "ami" not in stack.named("server-instance").ignore_changes,
    }


OPEN = {
    "protected": set(),
    "guarded": set(),
    "termination": False,
    "deletion": False,
    "snapshot": None,
    "backups": False,
    "last uploads": False,
    "image": False,
}
CLOSED = {
    "protected": KEPT,
    "guarded": KEPT,
    "termination": True,
    "deletion": True,
    "snapshot": "slipway-test-1a2b3c4d-final",
    "backups": True,
    "last uploads": True,
    "image": False,
}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, OPEN),
        ({"protect": True}, CLOSED),
        (
            {"protect": True, "acceptReplacement": ["server"]},
            {**CLOSED, "protected": KEPT - {"server-instance"}, "guarded": KEPT - {"server-instance"}, "image": True},
        ),
        (
            {"protect": True, "acceptReplacement": ["database"]},
            {
                **CLOSED,
                "protected": {"server-instance", "media-volume"},
                "guarded": {"server-instance", "media-volume"},
                "deletion": False,
            },
        ),
        (
            {"protect": True, "acceptReplacement": ["media"]},
            {**CLOSED, "protected": KEPT - {"media-volume"}, "guarded": KEPT - {"media-volume"}},
        ),
    ],
    ids=["ephemeral", "protected", "server accepted", "database accepted", "uploads accepted"],
)
def test_one_value_protects_everything_that_could_be_lost(
    values: dict[str, Any], settings: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert protection(run_program({**values, **settings})) == expected


def test_nothing_of_an_ephemeral_stack_outlives_its_destroy(stack: Recording) -> None:
    assert [r.name for r in stack.resources if r.inputs.get("skipDestroy") or r.inputs.get("retainOnDelete")] == []
    groups = {group.name for group in stack.of_type("aws:cloudwatch/logGroup:LogGroup")}
    assert {"database-log-postgresql", "database-log-upgrade"} <= groups, "what AWS makes by itself, nobody deletes"


def test_another_life_is_another_database_with_a_snapshot_of_its_own(stack: Recording) -> None:
    database = stack.named("database-instance")
    assert database.replace_on_changes == ("identifier",), "the provider would rename the old one"
    assert "database-life" in database.dependencies


def test_an_accepted_replacement_of_the_server_gets_past_its_termination_protection(values: dict[str, Any]) -> None:
    server = run_program({**values, "protect": True, "acceptReplacement": ["server"]}).named("server-instance").inputs
    assert (server["forceDestroy"], server["userDataReplaceOnChange"]) == (True, True)


def test_a_delete_is_judged_by_what_is_accepted_now() -> None:
    victim = pulumi.ResourceHookArgs(urn="u", id="i-1", name="server-instance", type="t")
    for protect, accept, refused in ((True, [], True), (True, ["server"], False), (False, [], False)):
        judge = Protection(component="server", protect=protect, accept=accept)._judge
        if refused:
            with pytest.raises(pulumi.RunError, match="this would delete the server i-1, which"):
                judge(victim)
        else:
            judge(victim)


def test_a_refused_replacement_says_what_to_do() -> None:
    said = refusal("server", "i-1")
    assert "accept the loss: pulumi config set --path 'slipway:acceptReplacement[0]' server (before a destroy" in said


def records(stack: Recording) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (record.inputs["name"], record.inputs["type"], tuple(record.inputs["records"]))
        for record in stack.of_type("aws:route53/record:Record")
    }


ISSUER = ('0 issue "letsencrypt.org"', '0 issuewild ";"')
ADDRESS = ("203.0.113.80",)


def test_the_name_leads_to_the_elastic_address_and_names_who_may_issue(update: Recording) -> None:
    assert records(update) == {("www.example.org", "A", ADDRESS), ("www.example.org", "CAA", ISSUER)}
    assert {record.inputs["ttl"] for record in update.of_type("aws:route53/record:Record")} == {60}


def test_www_has_a_record_and_the_top_of_the_zone_is_left_to_its_owner(values: dict[str, Any]) -> None:
    assert records(run_program({**values, "domain": "example.org", "www": True})) == {
        ("example.org", "A", ADDRESS),
        ("www.example.org", "A", ADDRESS),
        ("www.example.org", "CAA", ISSUER),
    }


def test_an_authority_of_ones_own_is_not_locked_out(values: dict[str, Any]) -> None:
    stack = run_program({**values, "acmeServer": "https://acme.example.org/directory"})
    assert records(stack) == {("www.example.org", "A", ADDRESS)}


def test_no_zone_is_taken_that_has_no_current_instance_types(update: Recording) -> None:
    (asked,) = [arguments for token, arguments in update.invokes if token.endswith(":getAvailabilityZones")]
    assert asked["excludeZoneIds"] == ["use1-az3"] and asked["state"] == "available"
    assert asked["filters"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}], "no Local Zones"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("index/getCallerIdentity:getCallerIdentity", "AWS does not say which account this is (invoke of"),
        ("index/getRegion:getRegion", "AWS does not say which account this is (invoke of"),
        ("index/getAvailabilityZones:getAvailabilityZones", "AWS does not say which availability zones aws:region has"),
        ("ssm/getParameter:getParameter", "slipway:instanceType is 't4g.small', and AWS names no image of Debian 13"),
        ("route53/getZone:getZone", "slipway:hostedZone is 'example.org', and Route 53 has no such public zone here"),
    ],
)
def test_what_aws_does_not_answer_is_one_sentence_with_a_remedy(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch, question: str, sentence: str
) -> None:
    monkeypatch.delitem(ANSWERS, f"aws:{question}")
    with pytest.raises(pulumi.RunError) as stopped:
        run_program(values)
    said = str(stopped.value)
    assert said.startswith(sentence) and re.search(r"nothing matches.*\); .+\.$", said) and "\n" not in said


def test_what_is_looked_up_is_looked_up_before_anything_is_made(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(recording, "Registered", lambda **resource: made.append(resource["name"]))
    monkeypatch.delitem(ANSWERS, "aws:route53/getZone:getZone")
    with pytest.raises(pulumi.RunError):
        run_program(values)
    assert made == []
