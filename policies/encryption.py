"""What is written down is encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from policies.resource import Resource, Rule


def disks(resource: Resource) -> Iterator[str]:
    if not resource.block("rootBlockDevice").get("encrypted"):
        yield "has a root disk that is not encrypted; set encrypted in rootBlockDevice."
    for number, device in enumerate(resource.items("ebsBlockDevices"), start=1):
        if not device.get("encrypted"):
            yield f"has a disk (number {number} of ebsBlockDevices) that is not encrypted; set encrypted."


def storage(resource: Resource) -> Iterator[str]:
    # A replica in its source's region is encrypted as the source is, and takes no setting of its own.
    if not resource.inputs.get("storageEncrypted") and not resource.inputs.get("replicateSourceDb"):
        yield "stores its data in clear; set storageEncrypted."


def volume(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("encrypted"):
        yield "is not encrypted; set encrypted."


def topic(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("kmsMasterKeyId"):
        yield "keeps its messages in clear; set kmsMasterKeyId."


def rotation(resource: Resource) -> Iterator[str]:
    if not resource.inputs.get("enableKeyRotation"):
        yield "is never renewed; set enableKeyRotation."


RULES = (
    Rule(
        name="instance-disks-encrypted",
        says="Every disk of an EC2 instance is encrypted.",
        types=frozenset({"aws:ec2/instance:Instance"}),
        check=disks,
    ),
    Rule(
        name="database-encrypted",
        says="RDS storage is encrypted.",
        types=frozenset({"aws:rds/instance:Instance"}),
        check=storage,
    ),
    Rule(
        name="volume-encrypted",
        says="EBS volumes and file systems are encrypted.",
        types=frozenset({"aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem"}),
        check=volume,
    ),
    Rule(
        name="topic-encrypted",
        says="SNS topics are encrypted.",
        types=frozenset({"aws:sns/topic:Topic"}),
        check=topic,
    ),
    Rule(
        name="key-rotated",
        says="KMS keys are renewed every year.",
        types=frozenset({"aws:kms/key:Key"}),
        check=rotation,
    ),
)
