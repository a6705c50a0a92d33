"""What is written down is encrypted."""

from tests.policies.example import Example

EXAMPLES = (
    Example(
        rule="instance-disks-encrypted",
        type="aws:ec2/instance:Instance",
        good={"rootBlockDevice": {"encrypted": True}},
        bad={"rootBlockDevice": {"volumeType": "gp3"}},
        sentence="it has a root disk that is not encrypted; set encrypted in rootBlockDevice.",
    ),
    Example(
        rule="instance-disks-encrypted",
        type="aws:ec2/instance:Instance",
        good={"rootBlockDevice": {"encrypted": True}, "ebsBlockDevices": [{"encrypted": True}]},
        bad={"rootBlockDevice": {"encrypted": True}, "ebsBlockDevices": [{"encrypted": True}, {"volumeSize": 8}]},
        sentence="it has a disk (number 2 of ebsBlockDevices) that is not encrypted; set encrypted.",
    ),
    Example(
        rule="database-encrypted",
        type="aws:rds/instance:Instance",
        good={"storageEncrypted": True},
        bad={"storageEncrypted": False},
        sentence="it stores its data in clear; set storageEncrypted.",
    ),
    Example(
        rule="database-encrypted",
        type="aws:rds/instance:Instance",
        good={"replicateSourceDb": "main"},
        bad={},
        sentence="it stores its data in clear; set storageEncrypted.",
    ),
    Example(
        rule="volume-encrypted",
        type="aws:ebs/volume:Volume",
        good={"encrypted": True},
        bad={"size": 8},
        sentence="it is not encrypted; set encrypted.",
    ),
    Example(
        rule="topic-encrypted",
        type="aws:sns/topic:Topic",
        good={"kmsMasterKeyId": "key-1"},
        bad={"name": "alarms"},
        sentence="it keeps its messages in clear; set kmsMasterKeyId.",
    ),
    Example(
        rule="key-rotated",
        type="aws:kms/key:Key",
        good={"enableKeyRotation": True},
        bad={"description": "logs"},
        sentence="it is never renewed; set enableKeyRotation.",
    ),
)
