"""What a stack's configuration says, for the program to read: the only reader of pulumi.Config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import pulumi
from pulumi.runtime import is_config_secret
from pulumi.runtime.config import CONFIG

from checks import findings
from checks.certificate import HSTS_SECONDS
from checks.secrets import clear_secrets
from wanted import Environment, Rules, WantedDatabase

Shape = TypeVar("Shape", list[Any], dict[str, Any])
KINDS: Mapping[type, str] = {list: "list", dict: "map of names to values"}


class SettingsError(pulumi.RunError):
    """Stops the program with sentences about the configuration, and no traceback."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every key of Pulumi.yaml, under the same name in snake_case. Defaults live there and only there."""

    domain: str
    www: bool
    hosted_zone: str
    app_source: str
    django_settings: str
    wsgi_module: str
    keep_settings: Sequence[str]
    app_env: Mapping[str, str]
    app_secrets: Mapping[str, str] = field(repr=False)
    secret_key_generation: int
    instance_type: str
    media_volume_gb: int
    database_instance_class: str
    database_storage_gb: int
    database_max_storage_gb: int
    database_multi_az: bool
    database_read_replica: bool
    postgres_version: str
    backup_retention_days: int
    database_password_generation: int
    admin_cidrs: Sequence[str]
    ssh_through_session_manager: bool
    ssh_public_key: str
    acme_server: str
    acme_email: str
    workers: int
    threads: int
    processes: Mapping[str, str]
    schedule: Mapping[str, Mapping[str, str]]
    health_path: str
    watch_seconds: int
    watch_max_p99_ms: int
    keep_releases: int
    accept_migrations: Sequence[str]
    hsts_stage: str
    alarm_email: str
    log_retention_days: int
    monthly_budget_usd: int
    protect: bool
    accept_replacement: Sequence[str]

    def validate(self, stack: str) -> list[str]:
        """Everything wrong with these values in this stack, a sentence each: the key, the value, the remedy."""
        return findings(self, stack)

    def names(self) -> list[str]:
        """Every name of the site, the one that it answers to first."""
        return [self.domain, *([f"www.{self.domain}"] if self.www else [])]

    def database(self) -> WantedDatabase:
        """The database that these settings ask for."""
        return WantedDatabase(
            instance_class=self.database_instance_class,
            storage_gb=self.database_storage_gb,
            max_storage_gb=self.database_max_storage_gb,
            postgres_version=self.postgres_version,
            multi_az=self.database_multi_az,
            read_replica=self.database_read_replica,
            backup_retention_days=self.backup_retention_days,
            log_retention_days=self.log_retention_days,
            password_generation=self.database_password_generation,
        )

    def rules(self) -> Rules:
        """What the host keeps to when it puts a release into service."""
        return Rules(
            domain=self.domain,
            health_path=self.health_path,
            watch_seconds=self.watch_seconds,
            watch_max_p99_ms=self.watch_max_p99_ms,
            keep_releases=self.keep_releases,
            accept_migrations=self.accept_migrations,
            processes=self.processes,
            schedule=self.schedule,
        )

    def ssh_networks(self) -> Sequence[str]:
        """The networks that port 22 is open to."""
        return () if self.ssh_through_session_manager else self.admin_cidrs

    def warnings(self) -> list[str]:
        """What works, and should not stay."""
        accepted = [
            f"slipway:acceptReplacement names {name}: it is unprotected until you empty it again."
            for name in self.accept_replacement
        ]
        idle = "slipway:adminCidrs opens nothing while sshThroughSessionManager is true; empty it."
        return [*accepted, *([idle] if self.ssh_through_session_manager and self.admin_cidrs else [])]

    def environment(self) -> Environment:
        """The variables of the app that come from configuration; some of the values are secret."""
        variables = {
            "SLIPWAY_DOMAIN": self.domain,
            "SLIPWAY_HSTS_SECONDS": str(HSTS_SECONDS[self.hsts_stage]),
            "WEB_CONCURRENCY": str(self.workers),
            "SLIPWAY_THREADS": str(self.threads),
            "SLIPWAY_HEALTH_PATH": self.health_path,
            "SLIPWAY_KEEP_SETTINGS": ",".join(self.keep_settings),
            **self.app_env,
            **self.app_secrets,
        }
        return Environment(variables=variables, secret_key_generation=self.secret_key_generation)


def _unknown_keys() -> list[str]:
    """Keys that nothing reads: a slip of the pen would go unnoticed, and its default be used."""
    known = {_camel_case(field.name) for field in fields(Settings)}
    given = sorted(key.removeprefix("slipway:") for key in CONFIG.get() if key.startswith("slipway:"))
    nearest = {key: get_close_matches(key, known, n=1) for key in given if key not in known}
    return [
        f"slipway:{key} is no key of Pulumi.yaml; " + (f"did you mean {near[0]}?" if near else "remove it.")
        for key, near in nearest.items()
    ]


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def aws_profile() -> str:
    """The profile of the stack's AWS provider; empty where the environment chooses."""
    return pulumi.Config("aws").get("profile") or ""


def _shaped(config: pulumi.Config, key: str, kind: type[Shape]) -> Shape:
    """The engine has held every value against Pulumi.yaml; `slipway cost` asks none. Never shows a value."""
    value = config.require_object(key)
    if not isinstance(value, kind):
        raise SettingsError(f"slipway:{key} is no {KINDS[kind]}; write it as Pulumi.yaml describes it.")
    return value


def load() -> Settings:
    """The configuration of the current stack; SettingsError names everything that is wrong with it."""
    config = pulumi.Config("slipway")
    settings = Settings(
        domain=config.require("domain"),
        www=config.require_bool("www"),
        hosted_zone=config.require("hostedZone"),
        app_source=config.require("appSource"),
        django_settings=config.require("djangoSettings"),
        wsgi_module=config.require("wsgiModule"),
        keep_settings=_shaped(config, "keepSettings", list),
        app_env=_shaped(config, "appEnv", dict),
        app_secrets=_shaped(config, "appSecrets", dict),
        secret_key_generation=config.require_int("secretKeyGeneration"),
        instance_type=config.require("instanceType"),
        media_volume_gb=config.require_int("mediaVolumeGb"),
        database_instance_class=config.require("databaseInstanceClass"),
        database_storage_gb=config.require_int("databaseStorageGb"),
        database_max_storage_gb=config.require_int("databaseMaxStorageGb"),
        database_multi_az=config.require_bool("databaseMultiAz"),
        database_read_replica=config.require_bool("databaseReadReplica"),
        postgres_version=config.require("postgresVersion"),
        backup_retention_days=config.require_int("backupRetentionDays"),
        database_password_generation=config.require_int("databasePasswordGeneration"),
        admin_cidrs=_shaped(config, "adminCidrs", list),
        ssh_through_session_manager=config.require_bool("sshThroughSessionManager"),
        ssh_public_key=config.require("sshPublicKey"),
        acme_server=config.require("acmeServer"),
        acme_email=config.require("acmeEmail"),
        workers=config.require_int("workers"),
        threads=config.require_int("threads"),
        processes=_shaped(config, "processes", dict),
        schedule=_shaped(config, "schedule", dict),
        health_path=config.require("healthPath"),
        watch_seconds=config.require_int("watchSeconds"),
        watch_max_p99_ms=config.require_int("watchMaxP99Ms"),
        keep_releases=config.require_int("keepReleases"),
        accept_migrations=_shaped(config, "acceptMigrations", list),
        hsts_stage=config.require("hstsStage"),
        alarm_email=config.require("alarmEmail"),
        log_retention_days=config.require_int("logRetentionDays"),
        monthly_budget_usd=config.require_int("monthlyBudgetUsd"),
        protect=config.require_bool("protect"),
        accept_replacement=_shaped(config, "acceptReplacement", list),
    )
    clear = clear_secrets(pulumi.get_stack(), Path.cwd())
    problems = [*_unknown_keys(), *settings.validate(pulumi.get_stack()), *clear]
    if settings.app_secrets and not clear and not is_config_secret(config.full_key("appSecrets")):
        problems.append(
            "slipway:appSecrets stands there in clear text; remove it, and give each secret with "
            "pulumi config set --secret --path 'slipway:appSecrets.NAME' VALUE."
        )
    if problems:
        raise SettingsError("\n".join([f"The configuration of stack {pulumi.get_stack()} cannot work:", *problems]))
    return settings
