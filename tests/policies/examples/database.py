"""What an RDS instance must be like."""

from tests.policies.example import Example

INSTANCE = "aws:rds/instance:Instance"
GROUP = "aws:rds/parameterGroup:ParameterGroup"

EXAMPLES = (
    Example(
        rule="database-private",
        type=INSTANCE,
        good={"publiclyAccessible": False},
        bad={"publiclyAccessible": True},
        sentence="it has a public address; set publiclyAccessible to false.",
    ),
    Example(
        rule="database-minor-versions",
        type=INSTANCE,
        good={"autoMinorVersionUpgrade": True},
        bad={"autoMinorVersionUpgrade": False},
        sentence="it stays on an old minor version; set autoMinorVersionUpgrade.",
    ),
    Example(
        rule="database-parameters",
        type=INSTANCE,
        good={"parameterGroupName": "ours"},
        bad={"engine": "postgres"},
        sentence="it runs on the default parameter group, which may take connections in clear; set parameterGroupName.",
    ),
    Example(
        rule="database-forces-tls",
        type=GROUP,
        good={"family": "postgres17", "parameters": [{"name": "rds.force_ssl", "value": "1"}]},
        bad={"family": "postgres17", "parameters": [{"name": "rds.force_ssl", "value": "0"}]},
        sentence='it takes connections in clear; set the parameter rds.force_ssl to "1".',
    ),
    Example(
        rule="database-kept",
        type=INSTANCE,
        good={"deletionProtection": True},
        bad={"deletionProtection": False},
        sentence="it can be deleted by one call; set deletionProtection.",
    ),
    Example(
        rule="database-final-snapshot",
        type=INSTANCE,
        good={"skipFinalSnapshot": False, "finalSnapshotIdentifier": "last"},
        bad={"skipFinalSnapshot": True, "finalSnapshotIdentifier": "last"},
        sentence="it leaves nothing behind; set skipFinalSnapshot to false and give finalSnapshotIdentifier.",
    ),
    Example(
        rule="database-final-snapshot",
        type=INSTANCE,
        good={"skipFinalSnapshot": True, "replicateSourceDb": "main"},
        bad={"skipFinalSnapshot": False},
        sentence="it leaves nothing behind; set skipFinalSnapshot to false and give finalSnapshotIdentifier.",
    ),
    Example(
        rule="database-backups",
        type=INSTANCE,
        good={"backupRetentionPeriod": 7.0},
        bad={"backupRetentionPeriod": 6.0},
        sentence="it keeps backups for 6 days; give backupRetentionPeriod 7 or more.",
    ),
)
