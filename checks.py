"""What can be known to be wrong with a configuration before anything is built, each finding one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from capacity import capacity_findings
from databases import database_findings
from instance_types import ec2_types
from networks import network_findings
from releasing import generation_findings, releasing_findings

if TYPE_CHECKING:
    from settings import Settings

NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
SETTING = re.compile(r"[A-Z][A-Z0-9_]*")
# With its own of these a project would show its source, ask another database, or take sessions that anybody can forge.
NEVER_KEPT = ("DEBUG", "DATABASES", "SECRET_KEY")
PUBLIC_KEY = re.compile(r"(ssh-(ed25519|rsa)|ecdsa-sha2-\S+|sk-\S+) [A-Za-z0-9+/]+=*( [^\n]*)?")
# CloudWatch Logs, PutRetentionPolicy.
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
REPLACEABLE = ("server", "database", "media")
# EBS User Guide, "EBS volume types": gp3, in GiB.
LARGEST_VOLUME_GB = 16384
PRODUCTION = ("prod", "production")
# Becomes a part of a database's identifier, which has at most 63 characters and no two hyphens in a row.
STACK = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_STACK = 30
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
HSTS_SECONDS = {"off": 0, "hour": 3600, "day": 86400, "week": 604800, "year": 31536000}

# The variables that the program and slipway-host set themselves.
RESERVED = {
    "DATABASE_URL",
    "DATABASE_REPLICA_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "WEB_CONCURRENCY",
    "DJANGO_SETTINGS_MODULE",
    "PYTHONPATH",
}


def findings(settings: Settings, stack: str) -> list[str]:
    """Every finding about the settings of a stack, in the order of Pulumi.yaml."""
    checks = (
        _names,
        _project,
        _variables,
        _machines,
        database_findings,
        _access,
        _certificate,
        releasing_findings,
        generation_findings,
        capacity_findings,
        _watch,
        _protection,
    )
    found = [finding for check in checks for finding in check(settings)]
    return [*(f"slipway:{finding}" for finding in [*found, *_production(settings, stack)]), *_stack(stack)]


def _names(settings: Settings) -> Iterator[str]:
    for key, value in (("domain", settings.domain), ("hostedZone", settings.hosted_zone)):
        if not NAME.fullmatch(value):
            yield f"{key} is {value!r}, which is no DNS name; write it in lower case, like www.example.org."
    if settings.domain != settings.hosted_zone and not settings.domain.endswith(f".{settings.hosted_zone}"):
        yield (
            f"domain is {settings.domain!r}, which lies outside hostedZone {settings.hosted_zone!r}; "
            "name the zone that holds it."
        )
    if settings.www and settings.domain.startswith("www."):
        yield (
            f"www is true while domain is {settings.domain!r}; give the domain without www. (the redirect leads from "
            "www.DOMAIN to it), or set www to false."
        )


def _project(settings: Settings) -> Iterator[str]:
    if not settings.app_source:
        yield "appSource is empty; give the path of a Django project, or https://host/repository.git#ref."
    if settings.django_settings and not MODULE.fullmatch(settings.django_settings):
        yield f"djangoSettings is {settings.django_settings!r}, which is no module name; write it like mysite.settings."
    module, _, attribute = settings.wsgi_module.partition(":")
    if settings.wsgi_module and not (MODULE.fullmatch(module) and (not attribute or attribute.isidentifier())):
        yield f"wsgiModule is {settings.wsgi_module!r}; write it like mysite.wsgi:application."
    for name in settings.keep_settings:
        if not isinstance(name, str) or not SETTING.fullmatch(name):
            yield f"keepSettings has {name!r}, which is no name of a Django setting; write it like LOGGING."
        elif name in NEVER_KEPT:
            yield f"keepSettings has {name!r}, which only the stack can know in production; remove it."


def _variables(settings: Settings) -> Iterator[str]:
    for key, variables in (("appEnv", settings.app_env), ("appSecrets", settings.app_secrets)):
        yield from _variables_of(key, variables)
    for name in sorted(settings.app_env.keys() & settings.app_secrets.keys()):
        yield f"appEnv.{name} is also in appSecrets; keep one of the two."


def _variables_of(key: str, variables: Mapping[str, object]) -> Iterator[str]:
    """Never shows a value: it may be a secret."""
    for name, value in variables.items():
        if not VARIABLE.fullmatch(name):
            yield f"{key} has {name!r}, which is no name of an environment variable; use letters, digits and _."
        elif name in RESERVED or name.startswith("SLIPWAY_"):
            yield f"{key}.{name} is set by Slipway itself; remove it."
        if not isinstance(value, str):
            yield f"{key}.{name} is a {type(value).__name__}; an environment variable is text, so put it in quotes."
        elif "\0" in value:
            yield f"{key}.{name} has a NUL byte, which no environment variable can hold; remove it."


def _machines(settings: Settings) -> Iterator[str]:
    if settings.instance_type not in ec2_types():
        yield (
            f"instanceType is {settings.instance_type!r}, which is no EC2 type in tables/ec2.csv; "
            "write one like t4g.small."
        )
    if not 1 <= settings.media_volume_gb <= LARGEST_VOLUME_GB:
        yield f"mediaVolumeGb is {settings.media_volume_gb}; give 1 to {LARGEST_VOLUME_GB} GiB."


def _access(settings: Settings) -> Iterator[str]:
    if not (settings.admin_cidrs or settings.ssh_through_session_manager):
        yield (
            "adminCidrs is empty, so SSH is closed to all; list the network you run Pulumi from, like 203.0.113.7/32, "
            "or set sshThroughSessionManager to true."
        )
    yield from network_findings(settings.admin_cidrs)
    if settings.ssh_public_key and not PUBLIC_KEY.fullmatch(settings.ssh_public_key):
        yield "sshPublicKey is no SSH public key; give the one line of a .pub file, like 'ssh-ed25519 AAAA… me'."


def _certificate(settings: Settings) -> Iterator[str]:
    server = settings.acme_server
    if server not in ("production", "staging") and not re.fullmatch(r"https://[^/\s]+\S*", server):
        yield f"acmeServer is {server!r}; write production, staging, or the https URL of an ACME directory."
    if settings.acme_email and not MAIL.fullmatch(settings.acme_email):
        yield f"acmeEmail is {settings.acme_email!r}, which is no mail address; correct it or leave it empty."
    if settings.hsts_stage not in HSTS_SECONDS:
        yield f"hstsStage is {settings.hsts_stage!r}; write one of {', '.join(HSTS_SECONDS)}."
    elif settings.hsts_stage != "off" and server == "staging":
        yield (
            f"hstsStage is {settings.hsts_stage!r} while acmeServer is 'staging', whose certificates no browser "
            "trusts: with HSTS nobody could pass the warning; keep hstsStage off until acmeServer is production."
        )


def _watch(settings: Settings) -> Iterator[str]:
    if settings.alarm_email and not MAIL.fullmatch(settings.alarm_email):
        yield f"alarmEmail is {settings.alarm_email!r}, which is no mail address; correct it or leave it empty."
    if settings.log_retention_days not in LOG_DAYS:
        days = ", ".join(map(str, LOG_DAYS))
        yield f"logRetentionDays is {settings.log_retention_days}; CloudWatch takes one of {days}."
    if settings.monthly_budget_usd < 0:
        yield f"monthlyBudgetUsd is {settings.monthly_budget_usd}; give US dollars, or 0 for no budget."


def _protection(settings: Settings) -> Iterator[str]:
    if settings.protect and settings.backup_retention_days == 0:
        yield "protect is true while backupRetentionDays is 0; keep backups of what you protect: give 7 or more."
    for name in settings.accept_replacement:
        if name not in REPLACEABLE:
            yield f"acceptReplacement has {name!r}; what can be accepted is {' or '.join(REPLACEABLE)}."


def _production(settings: Settings, stack: str) -> Iterator[str]:
    if stack in PRODUCTION and not settings.protect:
        yield f"protect is false in stack {stack}; set it to true: what is in production is protected and backed up."


def _stack(stack: str) -> Iterator[str]:
    if not STACK.fullmatch(stack) or len(stack) > LONGEST_STACK:
        yield (
            f"The stack is named {stack!r}, and RDS would not take a database of that name; name it in small letters, "
            f"digits and single hyphens, at most {LONGEST_STACK} of them, such as pr-42."
        )
