"""What is asked of an account about volumes."""

import hashlib

from rehearsal import tokens
from rehearsal.providers.account import Account, Ask
from rehearsal.providers.values import Values

NAMES = {
    "availabilityZone": "AvailabilityZone",
    "encrypted": "Encrypted",
    "iops": "Iops",
    "kmsKeyId": "KmsKeyId",
    "size": "Size",
    "throughput": "Throughput",
    "type": "VolumeType",
}


def _volume(account: Account, inputs: Values) -> str:
    asked = {theirs: inputs[ours] for ours, theirs in NAMES.items() if ours in inputs}
    return str(account.client("ec2").create_volume(**asked)["VolumeId"])


def _volume_attachment(account: Account, inputs: Values) -> str:
    """AWS has no id for it; pulumi-aws makes one of its parts."""
    parts = inputs["deviceName"], inputs["instanceId"], inputs["volumeId"]
    account.client("ec2").attach_volume(Device=parts[0], InstanceId=account.id(parts[1]), VolumeId=account.id(parts[2]))
    return f"vai-{int(hashlib.sha256('-'.join(parts).encode()).hexdigest()[:8], 16)}"


ASK: dict[str, Ask] = {tokens.VOLUME: _volume, tokens.VOLUME_ATTACHMENT: _volume_attachment}
