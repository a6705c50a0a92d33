"""The database: Postgres on RDS, reached over TLS only, and the passwords it is used with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.access import DatabaseAccess
from components.naming import tags

MASTER_USER = "master"


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    instance_class: str
    storage_gb: int
    postgres_version: str
    backup_retention_days: int
    protect: bool


class Database(pulumi.ComponentResource):
    """An encrypted Postgres instance that the internet cannot see."""

    address: pulumi.Output[str]
    access: DatabaseAccess

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Database", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        master_password = self._password(f"{name}-master-password")
        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets", subnet_ids=list(args.subnet_ids), tags=tags(f"{name}-subnets"), opts=inside
        )
        parameters = aws.rds.ParameterGroup(
            f"{name}-parameters",
            family=f"postgres{args.postgres_version}",
            parameters=[aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1")],
            tags=tags(f"{name}-parameters"),
            opts=inside,
        )
        instance = aws.rds.Instance(
            f"{name}-instance",
            engine="postgres",
            engine_version=args.postgres_version,
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            allow_major_version_upgrade=True,  # only ever on a change of postgresVersion
            auto_minor_version_upgrade=True,
            apply_immediately=True,
            instance_class=args.instance_class,
            allocated_storage=args.storage_gb,
            storage_type="gp3",
            storage_encrypted=True,
            username=MASTER_USER,
            password=master_password,
            db_subnet_group_name=subnets.name,
            parameter_group_name=parameters.name,
            vpc_security_group_ids=[args.security_group_id],
            publicly_accessible=False,
            backup_retention_period=args.backup_retention_days,
            copy_tags_to_snapshot=True,
            database_insights_mode="standard",
            deletion_protection=args.protect,
            skip_final_snapshot=not args.protect,
            # The subnet group's name ends in letters drawn anew for each life of the stack: no snapshot of an earlier
            # life is in the way.
            final_snapshot_identifier=subnets.name.apply(lambda unique: f"{unique}-final") if args.protect else None,
            tags=tags(name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.address = instance.address
        self.access = DatabaseAccess(
            address=instance.address,
            port=instance.port,
            master_user=MASTER_USER,
            master_password=master_password,
            app_password=self._password(f"{name}-app-password"),
        )
        self.register_outputs({})

    def _password(self, name: str) -> pulumi.Output[str]:
        """Letters and digits alone: nothing in them needs quoting in a URL, and RDS refuses some signs."""
        password = random.RandomPassword(name, length=40, special=False, opts=pulumi.ResourceOptions(parent=self))
        return password.result
