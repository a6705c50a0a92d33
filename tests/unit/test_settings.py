"""Settings: the mirror of Pulumi.yaml, and every sentence about a value that cannot work."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from checks.secrets import clear_secrets
from settings import Settings, SettingsError
from tests.unit.running import ROOT, declared_defaults, run_program

KEYS = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
TYPES = {"string": "str", "integer": "int", "boolean": "bool", "array": "Sequence[str]", "object": "Mapping[str, str]"}


def snake(key: str) -> str:
    return re.sub(r"([A-Z])", lambda capital: f"_{capital[1].lower()}", key.removeprefix("slipway:"))


def settings(**changes: Any) -> Settings:
    """The defaults of Pulumi.yaml with what has none, and these changes."""
    values = {snake(key): default for key, default in declared_defaults().items()}
    values |= {"domain": "www.example.org", "hosted_zone": "example.org", "admin_cidrs": ["198.51.100.7/32"]}
    return Settings(**(values | changes))


def findings(stack: str = "test", **changes: Any) -> list[str]:
    return settings(**changes).validate(stack)


def test_settings_mirror_pulumi_yaml_field_by_field() -> None:
    declared = {snake(key): TYPES[schema["type"]] for key, schema in KEYS.items()}
    declared["schedule"] = "Mapping[str, Mapping[str, str]]"
    assert declared == {field.name: field.type for field in dataclasses.fields(Settings)}


def test_every_key_is_described() -> None:
    assert [key for key, schema in KEYS.items() if len(schema.get("description", "")) < 20] == []


def test_only_the_domain_and_its_zone_lack_a_default() -> None:
    assert {key for key, schema in KEYS.items() if "default" not in schema} == {"slipway:domain", "slipway:hostedZone"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_a_stack_file_holds_known_keys_that_work(path: Path) -> None:
    config = yaml.safe_load(path.read_text())["config"]
    ours = {key: value for key, value in config.items() if key.startswith("slipway:")}
    assert {"aws:region"} <= config.keys() - ours.keys() <= {"aws:region", "aws:allowedAccountIds", "aws:defaultTags"}
    assert ours.keys() <= KEYS.keys()
    assert findings(path.suffixes[0][1:], **{snake(key): value for key, value in ours.items()}) == []


def test_settings_are_frozen_and_never_print_a_secret() -> None:
    value = settings(app_secrets={"TOKEN": "hidden-value"})
    assert "hidden-value" not in repr(value)
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.workers = 5  # type: ignore[misc]


def test_the_environment_of_the_app_comes_from_configuration() -> None:
    value = settings(
        hsts_stage="day", app_env={"A": "1"}, app_secrets={"B": "2"}, workers=2, threads=5, keep_settings=["A", "B"]
    )
    assert value.environment().variables == {
        "SLIPWAY_DOMAIN": "www.example.org",
        "SLIPWAY_HSTS_SECONDS": "86400",
        "WEB_CONCURRENCY": "2",
        "SLIPWAY_THREADS": "5",
        "SLIPWAY_HEALTH_PATH": "/",
        "SLIPWAY_KEEP_SETTINGS": "A,B",
        "A": "1",
        "B": "2",
    }


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"domain": "Example.ORG", "hosted_zone": "Example.ORG"}, "domain is 'Example.ORG', which is no DNS name"),
        ({"domain": "www.example.net"}, "domain is 'www.example.net', which lies outside hostedZone 'example.org'"),
        ({"domain": "wwwexample.org"}, "domain is 'wwwexample.org', which lies outside hostedZone 'example.org'"),
        ({"app_source": ""}, "appSource is empty"),
        ({"django_settings": "my site.py"}, "djangoSettings is 'my site.py', which is no module name"),
        ({"wsgi_module": "mysite.wsgi:"}, None),
        ({"wsgi_module": "mysite/wsgi.py"}, "wsgiModule is 'mysite/wsgi.py'"),
        ({"keep_settings": ["LOGGING", "CSRF_TRUSTED_ORIGINS"]}, None),
        ({"keep_settings": ["logging"]}, "keepSettings has 'logging', which is no name of a Django setting"),
        ({"keep_settings": ["DEBUG"]}, "keepSettings has 'DEBUG', which only the stack can know in production"),
        ({"app_env": {"A B": "1"}}, "appEnv has 'A B', which is no name of an environment variable"),
        (
            {"app_env": {"PORT": 8000}},
            "appEnv.PORT is of type int; an environment variable is text: quote it",
        ),
        ({"app_env": {"SECRET_KEY": "x"}}, "appEnv.SECRET_KEY is set by Slipway itself; remove it"),
        ({"app_secrets": {"SLIPWAY_DOMAIN": "x"}}, "appSecrets.SLIPWAY_DOMAIN is set by Slipway itself"),
        ({"app_env": {"A": "1"}, "app_secrets": {"A": "2"}}, "appEnv.A is also in appSecrets; keep one of the two"),
        ({"app_secrets": {"A": "\0"}}, "appSecrets.A has a NUL byte"),
        ({"instance_type": "small"}, "instanceType is 'small', which is no EC2 type in tables/ec2.csv"),
        ({"instance_type": "t4g.tiny"}, "instanceType is 't4g.tiny', which is no EC2 type in tables/ec2.csv"),
        ({"database_instance_class": "db.huge"}, "databaseInstanceClass is 'db.huge', which is no class of RDS for"),
        ({"database_instance_class": "t4g.micro"}, "databaseInstanceClass is 't4g.micro', which is no class of RDS"),
        ({"database_instance_class": "db.c7g.large"}, "databaseInstanceClass is 'db.c7g.large', which is no class of"),
        ({"database_instance_class": "db.m7g.metal"}, "databaseInstanceClass is 'db.m7g.metal', which is no class of"),
        ({"database_instance_class": "db.t4g.nano"}, "databaseInstanceClass is 'db.t4g.nano', and the smallest of its"),
        ({"database_instance_class": "db.m7g.medium"}, "databaseInstanceClass is 'db.m7g.medium', and the smallest of"),
        (
            {"database_instance_class": "db.t2.large"},
            "databaseInstanceClass is 'db.t2.large', whose family runs Postgres 9 to 12, not 17",
        ),
        ({"database_storage_gb": 10}, "databaseStorageGb is 10; RDS takes 20 to 65536 GiB of gp3"),
        ({"database_storage_gb": 70000, "database_max_storage_gb": 0}, "databaseStorageGb is 70000; RDS takes 20 to"),
        (
            {"database_max_storage_gb": 21},
            "databaseMaxStorageGb is 21 while databaseStorageGb is 20; RDS takes 22 to 65536, or 0",
        ),
        ({"database_max_storage_gb": 65537}, "databaseMaxStorageGb is 65537 while databaseStorageGb is 20"),
        ({"database_max_storage_gb": 0}, None),
        ({"database_max_storage_gb": 22}, None),
        (
            {"database_read_replica": True, "backup_retention_days": 0},
            "databaseReadReplica is true while backupRetentionDays is 0",
        ),
        ({"www": True}, "www is true while domain is 'www.example.org'; give the domain without www."),
        ({"www": True, "domain": "example.org"}, None),
        ({"alarm_email": "me"}, "alarmEmail is 'me', which is no mail address"),
        ({"log_retention_days": 31}, "logRetentionDays is 31; CloudWatch takes one of 1, 3, 5, 7, 14, 30, 60"),
        ({"monthly_budget_usd": -1}, "monthlyBudgetUsd is -1; give US dollars, or 0 for no budget"),
        ({"accept_replacement": ["nginx"]}, "acceptReplacement has 'nginx'; what can be accepted is server or data"),
        ({"postgres_version": "14"}, "postgresVersion is '14'; give the major version alone, one of 15, 16, 17, 18"),
        ({"postgres_version": "17.2"}, "postgresVersion is '17.2'; give the major version alone"),
        ({"backup_retention_days": 36}, "backupRetentionDays is 36; RDS takes 0 to 35"),
        ({"admin_cidrs": []}, "adminCidrs is empty, so SSH is closed to all; list the network"),
        ({"admin_cidrs": ["198.51.100.7/32"] * 2}, "adminCidrs has '198.51.100.7/32' more than once"),
        ({"admin_cidrs": ["0.0.0.0/0"]}, "adminCidrs has '0.0.0.0/0', which opens SSH to a large part of the world"),
        (
            {"admin_cidrs": ["198.51.100.7/24"]},
            "adminCidrs has '198.51.100.7/24', which AWS does not take; write it as 198.51.100.0/24",
        ),
        ({"admin_cidrs": ["198.51.100.7"]}, "adminCidrs has '198.51.100.7', which AWS does not take; write it as"),
        (
            {"admin_cidrs": ["198.51.100.0/255.255.255.0"]},
            "adminCidrs has '198.51.100.0/255.255.255.0', which AWS does",
        ),
        ({"admin_cidrs": [5]}, "adminCidrs has 5, which is no IPv4 network"),
        ({"admin_cidrs": ["0.0.0.0/1"]}, "adminCidrs has '0.0.0.0/1', which opens SSH to a large part of the world"),
        (
            {"admin_cidrs": [f"{number}.0.0.0/8" for number in range(256)]},
            "adminCidrs has networks of 4,294,967,296 addresses together, which opens SSH to a large part of the world",
        ),
        ({"admin_cidrs": ["2001:db8::/32"]}, "adminCidrs has '2001:db8::/32', which is no IPv4 network"),
        ({"ssh_public_key": "-----BEGIN OPENSSH PRIVATE KEY-----"}, "sshPublicKey is no SSH public key"),
        ({"acme_server": "http://acme.example.org"}, "acmeServer is 'http://acme.example.org'"),
        ({"acme_email": "me"}, "acmeEmail is 'me', which is no mail address"),
        ({"hsts_stage": "decade"}, "hstsStage is 'decade'; write one of off, hour, day, week, year"),
        ({"hsts_stage": "day", "acme_server": "staging"}, "hstsStage is 'day' while acmeServer is 'staging'"),
        ({"workers": 0}, "workers is 0; give 1 or more"),
        ({"threads": 0}, "threads is 0; give 1 or more"),
        ({"instance_type": "t4g.nano"}, "workers is 3, which needs about 1200 MiB while a release is switched"),
        (
            {"workers": 5, "threads": 20, "instance_type": "t4g.large"},
            "workers is 5 and threads 20, up to 200 connections while a release is switched, and db.t4g.micro leaves",
        ),
        ({"protect": True, "backup_retention_days": 0}, "protect is true while backupRetentionDays is 0"),
    ],
)
def test_a_value_that_cannot_work_is_named_with_its_key(changes: dict[str, Any], finding: str | None) -> None:
    said = findings(**changes)
    if finding is None:
        assert said == []
    else:
        assert [found for found in said if found.startswith(f"slipway:{finding}")] == said[:1] != []


def test_all_findings_come_at_once_and_stop_the_program_without_a_traceback(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as stopped:
        run_program({**values, "workers": 0, "adminCidrs": [], "postgresVersion": "9"})
    assert isinstance(stopped.value, pulumi.RunError), "the engine prints any other error with its traceback"
    lines = str(stopped.value).splitlines()
    assert lines[0] == "The configuration of stack test cannot work:"
    assert [line.split()[0] for line in lines[1:]] == [
        "slipway:postgresVersion",
        "slipway:adminCidrs",
        "slipway:workers",
    ]


def test_secrets_in_clear_text_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="slipway:appSecrets stands there in clear text") as stopped:
        run_program(values, encrypted=False)
    assert "TOKEN-OF-THE-APP" not in str(stopped.value)


def test_a_secret_in_clear_text_beside_an_encrypted_one_is_named(tmp_path: Path) -> None:
    text = "config:\n  slipway:appSecrets:\n    SAFE:\n      secure: v1:abc\n    TOKEN: hidden-value\n"
    (tmp_path / "Pulumi.prod.yaml").write_text(text)
    assert clear_secrets("prod", tmp_path) == [
        "slipway:appSecrets.TOKEN stands in Pulumi.prod.yaml in clear text; give it with pulumi config set --secret "
        "--path 'slipway:appSecrets.TOKEN', and change it: it has been read."
    ]


@pytest.mark.parametrize("text", ["", "config:\n  slipway:appSecrets: {}\n", "config: [", "a: b\n"])
def test_a_stack_file_without_secrets_has_none_in_clear_text(tmp_path: Path, text: str) -> None:
    assert clear_secrets("prod", tmp_path) == []
    (tmp_path / "Pulumi.prod.yaml").write_text(text)
    assert clear_secrets("prod", tmp_path) == []


def test_a_finding_about_a_secret_does_not_show_it() -> None:
    said = findings(app_secrets={"A": 12345678, "B": "shown\0not"})
    assert len(said) == 2 and "12345678" not in str(said) and "shown" not in str(said)


def test_production_is_protected() -> None:
    assert findings("prod") == [
        "slipway:protect is false in stack prod; set it to true: what is in production is protected and backed up."
    ]
    assert findings("prod", protect=True) == []


def test_what_is_accepted_for_replacement_is_said() -> None:
    accepted = settings(protect=True, accept_replacement=["server"])
    assert accepted.warnings() == [
        "slipway:acceptReplacement names server: it is unprotected until you empty it again."
    ]


def test_the_names_of_the_site_begin_with_the_one_it_answers_to() -> None:
    assert settings(domain="example.org").names() == ["example.org"]
    assert settings(domain="example.org", www=True).names() == ["example.org", "www.example.org"]


@pytest.mark.parametrize("stack", ["PR-42", "pr_42", "42", "pr--42", "pr-", "p" * 31])
def test_a_stack_whose_name_no_database_could_have_is_refused(stack: str) -> None:
    (said,) = findings(stack)
    assert said.startswith(f"The stack is named '{stack}', and RDS would not take a database of that name")
    assert findings("pr-42") == []


def test_a_key_that_nothing_reads_is_refused_with_the_one_that_was_meant(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as stopped:
        run_program({**values, "wrokers": 3, "zzz": 1})
    assert str(stopped.value).splitlines()[1:] == [
        "slipway:wrokers is no key of Pulumi.yaml; did you mean workers?",
        "slipway:zzz is no key of Pulumi.yaml; remove it.",
    ]


def test_networks_that_overlap_are_counted_once() -> None:
    assert findings(admin_cidrs=["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32"]) == []


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("adminCidrs", {"a": "b"}, "list"),
        ("adminCidrs", "203.0.113.7/32", "list"),
        ("acceptReplacement", {"server": True}, "list"),
        ("appEnv", ["A"], "map of names to values"),
        ("appSecrets", ["hidden-value"], "map of names to values"),
        ("schedule", ["daily"], "map of names to values"),
    ],
)
def test_a_value_of_another_shape_is_named_and_not_shown(
    values: dict[str, Any], key: str, value: object, kind: str
) -> None:
    with pytest.raises(SettingsError, match=f"slipway:{key} is no {kind}; write it as Pulumi.yaml describes it"):
        run_program({**values, key: json.dumps(value)})
