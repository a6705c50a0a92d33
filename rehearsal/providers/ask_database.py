"""What is asked of an account about databases."""

from rehearsal import tokens
from rehearsal.providers.account import Account, Ask
from rehearsal.providers.values import Values


def _db_subnet_group(account: Account, inputs: Values) -> str:
    account.client("rds").create_db_subnet_group(
        DBSubnetGroupName=inputs["name"],
        DBSubnetGroupDescription=inputs.get("description", "Managed by Pulumi"),
        SubnetIds=[account.id(subnet) for subnet in inputs["subnetIds"]],
    )
    return str(inputs["name"])


def _db_parameter_group(account: Account, inputs: Values) -> str:
    account.client("rds").create_db_parameter_group(
        DBParameterGroupName=inputs["name"],
        DBParameterGroupFamily=inputs["family"],
        Description=inputs.get("description", "Managed by Pulumi"),
    )
    return str(inputs["name"])


def _db_instance(account: Account, inputs: Values) -> str:
    if "replicateSourceDb" in inputs:
        return _replica(account, inputs)
    windows = {"PreferredBackupWindow": "backupWindow", "PreferredMaintenanceWindow": "maintenanceWindow"}
    monitoring = {"MonitoringInterval": "monitoringInterval", "MonitoringRoleArn": "monitoringRoleArn"}
    optional = windows | monitoring | {"DatabaseInsightsMode": "databaseInsightsMode"}
    account.client("rds").create_db_instance(
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
        **{theirs: inputs[ours] for theirs, ours in optional.items() if ours in inputs},
    )
    return str(inputs["identifier"])


def _replica(account: Account, inputs: Values) -> str:
    account.client("rds").create_db_instance_read_replica(
        DBInstanceIdentifier=inputs["identifier"],
        SourceDBInstanceIdentifier=inputs["replicateSourceDb"].rpartition(":")[2],
        DBInstanceClass=inputs["instanceClass"],
    )
    return str(inputs["identifier"])


ASK: dict[str, Ask] = {
    tokens.DB_SUBNET_GROUP: _db_subnet_group,
    tokens.DB_PARAMETER_GROUP: _db_parameter_group,
    tokens.DB_INSTANCE: _db_instance,
}
