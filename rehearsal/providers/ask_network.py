"""What is asked of an account about networks."""

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.account import Account, Ask
from rehearsal.providers.values import Values


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
    return str(account.client("ec2").create_vpc(CidrBlock=inputs["cidrBlock"])["Vpc"]["VpcId"])


def _subnet(account: Account, inputs: Values) -> str:
    answer = account.client("ec2").create_subnet(
        VpcId=account.id(inputs["vpcId"]),
        CidrBlock=inputs["cidrBlock"],
        AvailabilityZone=inputs["availabilityZone"],
    )
    return str(answer["Subnet"]["SubnetId"])


def _gateway(account: Account, inputs: Values) -> str:
    id = str(account.client("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    if "vpcId" in inputs:
        account.client("ec2").attach_internet_gateway(InternetGatewayId=id, VpcId=account.id(inputs["vpcId"]))
    return id


def _route_table(account: Account, inputs: Values) -> str:
    return str(
        account.client("ec2").create_route_table(VpcId=account.id(inputs["vpcId"]))["RouteTable"]["RouteTableId"]
    )


def _route(account: Account, inputs: Values) -> str:
    account.client("ec2").create_route(
        RouteTableId=account.id(inputs["routeTableId"]),
        DestinationCidrBlock=inputs["destinationCidrBlock"],
        GatewayId=account.id(inputs["gatewayId"]),
    )
    return f"r-{inputs['routeTableId']}-{inputs['destinationCidrBlock']}"


def _association(account: Account, inputs: Values) -> str:
    answer = account.client("ec2").associate_route_table(
        RouteTableId=account.id(inputs["routeTableId"]), SubnetId=account.id(inputs["subnetId"])
    )
    return str(answer["AssociationId"])


def _security_group(account: Account, inputs: Values) -> str:
    answer = account.client("ec2").create_security_group(
        GroupName=inputs["name"], Description=inputs["description"], VpcId=account.id(inputs["vpcId"])
    )
    id = str(answer["GroupId"])
    # AWS opens a new group's way out; the provider closes it again, and so do we.
    account.client("ec2").revoke_security_group_egress(
        GroupId=id, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )
    return id


def _ingress(account: Account, inputs: Values) -> str:
    answer = account.client("ec2").authorize_security_group_ingress(
        GroupId=account.id(inputs["securityGroupId"]), IpPermissions=_permission(inputs, account)
    )
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _egress(account: Account, inputs: Values) -> str:
    answer = account.client("ec2").authorize_security_group_egress(
        GroupId=account.id(inputs["securityGroupId"]), IpPermissions=_permission(inputs, account)
    )
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _endpoint(account: Account, inputs: Values) -> str:
    answer = account.client("ec2").create_vpc_endpoint(
        VpcId=account.id(inputs["vpcId"]),
        ServiceName=inputs["serviceName"],
        VpcEndpointType=inputs.get("vpcEndpointType", "Gateway"),
        RouteTableIds=[account.id(table) for table in inputs.get("routeTableIds", [])],
    )
    return str(answer["VpcEndpoint"]["VpcEndpointId"])


ASK: dict[str, Ask] = {
    tokens.VPC: _vpc,
    tokens.SUBNET: _subnet,
    tokens.INTERNET_GATEWAY: _gateway,
    tokens.ROUTE_TABLE: _route_table,
    tokens.ROUTE: _route,
    tokens.ROUTE_TABLE_ASSOCIATION: _association,
    tokens.VPC_ENDPOINT: _endpoint,
    tokens.SECURITY_GROUP: _security_group,
    tokens.INGRESS_RULE: _ingress,
    tokens.EGRESS_RULE: _egress,
}
