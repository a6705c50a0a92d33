"""What is asked of an account about machines."""

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.account import Account, Ask
from rehearsal.providers.values import Values


def _key_pair(account: Account, inputs: Values) -> str:
    account.client("ec2").import_key_pair(KeyName=inputs["keyName"], PublicKeyMaterial=inputs["publicKey"].encode())
    return str(inputs["keyName"])


def _instance(account: Account, inputs: Values) -> str:
    type = account.client("ec2").describe_instance_types(InstanceTypes=[inputs["instanceType"]])["InstanceTypes"][0]
    supported = type["ProcessorInfo"]["SupportedArchitectures"]
    image = account.client("ec2").register_image(
        Name=inputs["ami"], Architecture=architecture(inputs["ami"]), RootDeviceName="/dev/xvda"
    )["ImageId"]
    if architecture(inputs["ami"]) not in supported:
        raise RehearsalError(
            f"The architecture '{supported[0]}' of instance type '{inputs['instanceType']}' does not match the "
            f"architecture '{architecture(inputs['ami'])}' of image '{inputs['ami']}' (input ami)."
        )
    answer = account.client("ec2").run_instances(
        ImageId=image,
        InstanceType=inputs["instanceType"],
        KeyName=inputs["keyName"],
        SubnetId=account.id(inputs["subnetId"]),
        **({"IamInstanceProfile": {"Name": inputs["iamInstanceProfile"]}} if "iamInstanceProfile" in inputs else {}),
        SecurityGroupIds=[account.id(group) for group in inputs["vpcSecurityGroupIds"]],
        MinCount=1,
        MaxCount=1,
    )
    return str(answer["Instances"][0]["InstanceId"])


def _eip(account: Account, inputs: Values) -> str:
    return str(account.client("ec2").allocate_address(Domain="vpc")["AllocationId"])


def _eip_association(account: Account, inputs: Values) -> str:
    answer = account.client("ec2").associate_address(
        AllocationId=account.id(inputs["allocationId"]),
        InstanceId=account.id(inputs["instanceId"]),
        AllowReassociation=True,
    )
    return str(answer["AssociationId"])


def architecture(ami: str) -> str:
    """The architecture an image of the rehearsal is for: it is in its id (see providers/lookups.py)."""
    return "arm64" if ami.endswith("a64") else "x86_64"


ASK: dict[str, Ask] = {
    tokens.KEY_PAIR: _key_pair,
    tokens.INSTANCE: _instance,
    tokens.EIP: _eip,
    tokens.EIP_ASSOCIATION: _eip_association,
}
