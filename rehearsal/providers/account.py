"""How each resource type is asked of one of moto's AWS accounts: a table of requests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.values import Values


@dataclass
class Account:
    """One empty AWS account of moto's, and what our ids are called in it."""

    ec2: Any
    rds: Any
    ids: dict[str, str] = field(default_factory=dict)

    def id(self, ours: str) -> str:
        return self.ids.get(ours, ours)


def _permission(inputs: Values, account: Account) -> list[Values]:
    permission: Values = {"IpProtocol": inputs["ipProtocol"]}
    if "fromPort" in inputs and "toPort" in inputs:
        permission |= {"FromPort": inputs["fromPort"], "ToPort": inputs["toPort"]}
    elif inputs["ipProtocol"] in ("tcp", "udp"):
        # moto fails on this without a word; the words are AWS's.
        raise RehearsalError(
            "InvalidParameterValue: Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."
        )
    if peer := inputs.get("referencedSecurityGroupId"):
        permission["UserIdGroupPairs"] = [{"GroupId": account.id(peer)}]
    else:
        permission["IpRanges"] = [{"CidrIp": inputs["cidrIpv4"]}]
    return [permission]


def _vpc(account: Account, inputs: Values) -> str:
    return str(account.ec2.create_vpc(CidrBlock=inputs["cidrBlock"])["Vpc"]["VpcId"])


def _subnet(account: Account, inputs: Values) -> str:
    answer = account.ec2.create_subnet(
        VpcId=account.id(inputs["vpcId"]),
        CidrBlock=inputs["cidrBlock"],
        AvailabilityZone=inputs["availabilityZone"],
    )
    return str(answer["Subnet"]["SubnetId"])


def _gateway(account: Account, inputs: Values) -> str:
    id = str(account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    if "vpcId" in inputs:
        account.ec2.attach_internet_gateway(InternetGatewayId=id, VpcId=account.id(inputs["vpcId"]))
    return id


def _route_table(account: Account, inputs: Values) -> str:
    return str(account.ec2.create_route_table(VpcId=account.id(inputs["vpcId"]))["RouteTable"]["RouteTableId"])


def _route(account: Account, inputs: Values) -> str:
    account.ec2.create_route(
        RouteTableId=account.id(inputs["routeTableId"]),
        DestinationCidrBlock=inputs["destinationCidrBlock"],
        GatewayId=account.id(inputs["gatewayId"]),
    )
    return f"r-{inputs['routeTableId']}-{inputs['destinationCidrBlock']}"


def _association(account: Account, inputs: Values) -> str:
    answer = account.ec2.associate_route_table(
        RouteTableId=account.id(inputs["routeTableId"]), SubnetId=account.id(inputs["subnetId"])
    )
    return str(answer["AssociationId"])


def _security_group(account: Account, inputs: Values) -> str:
    answer = account.ec2.create_security_group(
        GroupName=inputs["name"], Description=inputs["description"], VpcId=account.id(inputs["vpcId"])
    )
    id = str(answer["GroupId"])
    # AWS opens a new group's way out; the provider closes it again, and so do we.
    account.ec2.revoke_security_group_egress(
        GroupId=id, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )
    return id


def _ingress(account: Account, inputs: Values) -> str:
    answer = account.ec2.authorize_security_group_ingress(
        GroupId=account.id(inputs["securityGroupId"]), IpPermissions=_permission(inputs, account)
    )
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _egress(account: Account, inputs: Values) -> str:
    answer = account.ec2.authorize_security_group_egress(
        GroupId=account.id(inputs["securityGroupId"]), IpPermissions=_permission(inputs, account)
    )
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _key_pair(account: Account, inputs: Values) -> str:
    account.ec2.import_key_pair(KeyName=inputs["keyName"], PublicKeyMaterial=inputs["publicKey"].encode())
    return str(inputs["keyName"])


def _instance(account: Account, inputs: Values) -> str:
    type = account.ec2.describe_instance_types(InstanceTypes=[inputs["instanceType"]])["InstanceTypes"][0]
    supported = type["ProcessorInfo"]["SupportedArchitectures"]
    image = account.ec2.register_image(
        Name=inputs["ami"], Architecture=architecture(inputs["ami"]), RootDeviceName="/dev/xvda"
    )["ImageId"]
    if architecture(inputs["ami"]) not in supported:
        raise RehearsalError(
            f"The architecture '{supported[0]}' of instance type '{inputs['instanceType']}' does not match the "
            f"architecture '{architecture(inputs['ami'])}' of image '{inputs['ami']}' (input ami)."
        )
    answer = account.ec2.run_instances(
        ImageId=image,
        InstanceType=inputs["instanceType"],
        KeyName=inputs["keyName"],
        SubnetId=account.id(inputs["subnetId"]),
        SecurityGroupIds=[account.id(group) for group in inputs["vpcSecurityGroupIds"]],
        MinCount=1,
        MaxCount=1,
    )
    return str(answer["Instances"][0]["InstanceId"])


def _eip(account: Account, inputs: Values) -> str:
    return str(account.ec2.allocate_address(Domain="vpc")["AllocationId"])


def _eip_association(account: Account, inputs: Values) -> str:
    answer = account.ec2.associate_address(
        AllocationId=account.id(inputs["allocationId"]), InstanceId=account.id(inputs["instanceId"])
    )
    return str(answer["AssociationId"])


def _db_subnet_group(account: Account, inputs: Values) -> str:
    account.rds.create_db_subnet_group(
        DBSubnetGroupName=inputs["name"],
        DBSubnetGroupDescription=inputs.get("description", "Managed by Pulumi"),
        SubnetIds=[account.id(subnet) for subnet in inputs["subnetIds"]],
    )
    return str(inputs["name"])


def _db_parameter_group(account: Account, inputs: Values) -> str:
    account.rds.create_db_parameter_group(
        DBParameterGroupName=inputs["name"],
        DBParameterGroupFamily=inputs["family"],
        Description=inputs.get("description", "Managed by Pulumi"),
    )
    return str(inputs["name"])


def _db_instance(account: Account, inputs: Values) -> str:
    account.rds.create_db_instance(
        DBInstanceIdentifier=inputs["identifier"],
        DBInstanceClass=inputs["instanceClass"],
        Engine=inputs["engine"],
        EngineVersion=inputs["engineVersion"],
        AllocatedStorage=inputs["allocatedStorage"],
        StorageType=inputs.get("storageType", "gp2"),
        MasterUsername=inputs["username"],
        MasterUserPassword="not-the-real-one",
        DBSubnetGroupName=inputs["dbSubnetGroupName"],
        DBParameterGroupName=inputs["parameterGroupName"],
        VpcSecurityGroupIds=[account.id(group) for group in inputs["vpcSecurityGroupIds"]],
        BackupRetentionPeriod=inputs.get("backupRetentionPeriod", 0),
    )
    return str(inputs["identifier"])


# No type comes before one it refers to.
ASK: dict[str, Callable[[Account, Values], str]] = {
    tokens.VPC: _vpc,
    tokens.SUBNET: _subnet,
    tokens.INTERNET_GATEWAY: _gateway,
    tokens.ROUTE_TABLE: _route_table,
    tokens.ROUTE: _route,
    tokens.ROUTE_TABLE_ASSOCIATION: _association,
    tokens.SECURITY_GROUP: _security_group,
    tokens.INGRESS_RULE: _ingress,
    tokens.EGRESS_RULE: _egress,
    tokens.KEY_PAIR: _key_pair,
    tokens.INSTANCE: _instance,
    tokens.EIP: _eip,
    tokens.EIP_ASSOCIATION: _eip_association,
    tokens.DB_SUBNET_GROUP: _db_subnet_group,
    tokens.DB_PARAMETER_GROUP: _db_parameter_group,
    tokens.DB_INSTANCE: _db_instance,
}


def architecture(ami: str) -> str:
    """The architecture an image of the rehearsal is for: it is in its id (see providers/lookups.py)."""
    return "arm64" if ami.endswith("a64") else "x86_64"
