"""The database: Postgres on RDS, reached over TLS only, and the passwords it is used with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.access import DatabaseAccess
from components.generations import Generations, draw
from components.naming import stack_name, tags
from components.protection import Protection
from components.watched import WatchedDatabase
from wanted import WantedDatabase

MASTER_USER = "master"
# UTC. Backups first: AWS refuses windows that overlap.
BACKUP_WINDOW = "02:00-03:00"
MAINTENANCE_WINDOW = "sun:03:30-sun:04:30"
LOGS = ("postgresql", "upgrade")
PASSWORD_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    wanted: WantedDatabase
    log_key_arn: pulumi.Input[str] | None
    protection: Protection


class Database(pulumi.ComponentResource):
    """An encrypted Postgres instance that the internet cannot see, and a copy of it for reading where one is wanted."""

    address: pulumi.Output[str]
    watched: WatchedDatabase
    access: DatabaseAccess

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Database", name, {}, opts)
        self._name, self._args = name, args
        inside = pulumi.ResourceOptions(parent=self)
        # Letters and digits alone: RDS refuses some signs. It is used by the steps of an update, and by nobody else.
        master_password = random.RandomPassword(
            f"{name}-master-password", length=PASSWORD_LENGTH, special=False, opts=inside
        ).result
        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets", subnet_ids=list(args.subnet_ids), tags=tags(f"{name}-subnets"), opts=inside
        )
        self._parameters = aws.rds.ParameterGroup(
            f"{name}-parameters",
            family=f"postgres{args.wanted.postgres_version}",
            parameters=[aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1")],
            tags=tags(f"{name}-parameters"),
            opts=inside,
        )
        # Drawn anew for each life of the database: to replace the database is to replace this.
        protection = args.protection.options(self)
        life = random.RandomId(f"{name}-life", byte_length=4, opts=protection)
        identifier = life.hex.apply(lambda drawn: f"{stack_name()}-{drawn}")
        instance = aws.rds.Instance(
            f"{name}-instance",
            identifier=identifier,
            engine="postgres",
            engine_version=args.wanted.postgres_version,
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            allow_major_version_upgrade=True,  # only ever on a change of postgresVersion
            allocated_storage=args.wanted.storage_gb,
            iops=args.wanted.iops,
            username=MASTER_USER,
            password=master_password,
            db_subnet_group_name=subnets.name,
            multi_az=args.wanted.multi_az,
            backup_retention_period=args.wanted.backup_retention_days,
            backup_window=BACKUP_WINDOW,
            delete_automated_backups=not args.protection.protect,
            deletion_protection=args.protection.kept,
            skip_final_snapshot=not args.protection.protect,
            # No two lives share a name, so that no snapshot of an earlier one is in the way.
            final_snapshot_identifier=identifier.apply("{}-final".format) if args.protection.protect else None,
            tags=tags(name),
            # The provider would rename a database in place: another life is another database.
            opts=pulumi.ResourceOptions.merge(
                protection,
                pulumi.ResourceOptions(
                    replace_on_changes=["identifier"], depends_on=self._log_groups("log", identifier)
                ),
            ),
            **self._common(),
        )
        self.address = instance.address
        replica = self._replica(instance, identifier) if args.wanted.read_replica else None
        self.watched = WatchedDatabase(
            id=instance.identifier, replica_id=replica.identifier if replica else None, wanted=args.wanted
        )
        self.access = DatabaseAccess(
            address=instance.address,
            port=instance.port,
            replica_address=replica.address if replica else None,
            master_user=MASTER_USER,
            master_password=master_password,
            owner_password=self._passwords("owner").current,
            app_passwords=self._passwords("app"),
        )
        self.register_outputs({})

    def _common(self) -> dict[str, Any]:
        """What holds for the database and for its copy alike."""
        args = self._args
        return {
            "instance_class": args.wanted.instance_class,
            "storage_type": "gp3",
            "storage_encrypted": True,
            "max_allocated_storage": args.wanted.max_storage_gb or None,
            "parameter_group_name": self._parameters.name,
            "vpc_security_group_ids": [args.security_group_id],
            "publicly_accessible": False,
            "apply_immediately": True,
            "auto_minor_version_upgrade": True,
            "maintenance_window": MAINTENANCE_WINDOW,
            "copy_tags_to_snapshot": True,
            "enabled_cloudwatch_logs_exports": list(LOGS),
            "database_insights_mode": "standard",
            "performance_insights_enabled": True,
        }

    def _replica(self, source: aws.rds.Instance, identifier: pulumi.Output[str]) -> aws.rds.Instance:
        """A copy that holds nothing of its own: it may go at any time, and leaves no snapshot."""
        name = f"{self._name}-replica"
        own = identifier.apply("{}-replica".format)
        return aws.rds.Instance(
            name,
            identifier=own,
            replicate_source_db=source.identifier,
            skip_final_snapshot=True,
            tags=tags(name),
            opts=pulumi.ResourceOptions(
                parent=self, replace_on_changes=["identifier"], depends_on=self._log_groups("replica-log", own)
            ),
            **self._common(),
        )

    def _log_groups(self, noun: str, identifier: pulumi.Output[str]) -> list[pulumi.Resource]:
        """RDS would make them itself, to be kept for ever and by nobody."""
        return [
            aws.cloudwatch.LogGroup(
                f"{self._name}-{noun}-{log}",
                name=identifier.apply(f"/aws/rds/instance/{{}}/{log}".format),
                retention_in_days=self._args.wanted.log_retention_days,
                kms_key_id=self._args.log_key_arn,
                tags=tags(f"{self._name}-{noun}-{log}"),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for log in LOGS
        ]

    def _passwords(self, role: str) -> Generations:
        """What the role logs in with, now and in the generation before."""
        number = self._args.wanted.password_generation
        return draw(f"{self._name}-{role}-password", number, length=PASSWORD_LENGTH, parent=self)
