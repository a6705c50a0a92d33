"""What the program asks for as the generations of its secrets are raised."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.recording import Recording
from tests.unit.running import run_program

PASSWORD = "random:index/randomPassword:RandomPassword"
RDS = "--host database.example.internal --port 5432 --ca /etc/ssl/certs/rds-global-bundle.pem"


def at(values: dict[str, Any], *, secret_key: int = 1, database: int = 1, **more: Any) -> Recording:
    generations = {"secretKeyGeneration": secret_key, "databasePasswordGeneration": database}
    return run_program({**values, **generations, **more})


def drawn(stack: Recording) -> set[str]:
    return {password.name for password in stack.of_type(PASSWORD)} - {"database-master-password"}


def variables(stack: Recording) -> dict[str, str]:
    lines = stack.named("release-activate").inputs["stdin"].splitlines()
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def script(stack: Recording, name: str) -> str:
    text: str = stack.named(name).inputs["create"]
    return text.split("set -eu\n")[1].removesuffix('\nSTEP\n)"')


def test_each_generation_keeps_the_secret_before_it_and_no_older_one(values: dict[str, Any]) -> None:
    names = ("database-owner-password", "database-app-password", "release-secret-key")
    for generation, kept in ((1, (1,)), (2, (1, 2)), (3, (2, 3))):
        stack = at(values, secret_key=generation, database=generation)
        assert drawn(stack) == {f"{name}-{number}" for name in names for number in kept}


def test_the_key_before_is_the_fallback_of_the_key_in_use(values: dict[str, Any]) -> None:
    keys = [variables(at(values, secret_key=generation)) for generation in (1, 2, 3)]
    assert [(each["SECRET_KEY"], each.get("SECRET_KEY_FALLBACKS")) for each in keys] == [
        ("PASSWORD-release-secret-key-1", None),
        ("PASSWORD-release-secret-key-2", "PASSWORD-release-secret-key-1"),
        ("PASSWORD-release-secret-key-3", "PASSWORD-release-secret-key-2"),
    ]
    assert [each["SLIPWAY_SECRET_KEY_GENERATION"] for each in keys] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("generation", "role", "other"), [(1, "app", "app_2"), (2, "app_2", "app"), (3, "app", "app_2")]
)
def test_two_roles_take_turns(values: dict[str, Any], generation: int, role: str, other: str) -> None:
    stack = at(values, database=generation, databaseReadReplica=True)
    replica = "--replica database.example.internal"
    assert script(stack, "release-database") == (
        f"slipway-host database {RDS} {replica} --name app --role {role} --other-role {other}"
        f" --owner app_owner --generation {generation}"
    )
    assert stack.named("release-database").inputs["stdin"] == (
        '{"master_user": "master", "master_password": "PASSWORD-database-master-password",'
        f' "owner_password": "PASSWORD-database-owner-password-{generation}",'
        f' "password": "PASSWORD-database-app-password-{generation}"}}'
    )
    found = variables(stack)
    place = "database.example.internal:5432/app?"
    for name in ("DATABASE_URL", "DATABASE_REPLICA_URL"):
        assert found[name].startswith(f"postgresql://{role}:PASSWORD-database-app-password-{generation}@{place}")
    owner = f"postgresql://app_owner:PASSWORD-database-owner-password-{generation}@{place}"
    assert found["SLIPWAY_MIGRATION_URL"].startswith(owner)
    assert found["SLIPWAY_DATABASE_PASSWORD_GENERATION"] == str(generation)


def test_the_role_before_is_retired_after_the_new_one_serves(values: dict[str, Any]) -> None:
    for generation, old in ((2, "app"), (3, "app_2")):
        stack = at(values, database=generation)
        assert script(stack, "release-retire") == f"slipway-host retire {RDS} --role {old}"
        retire = stack.named("release-retire")
        assert "release-activate" in retire.dependencies
        assert retire.inputs["stdin"] == (
            '{"master_user": "master", "master_password": "PASSWORD-database-master-password"}'
        )
        assert "stdin" in retire.secret_inputs and retire.inputs["logging"] == "none"
        assert {"stdout", "stderr"} <= set(retire.secret_outputs)


def test_a_stack_that_never_rotated_has_no_role_to_retire(update: Recording) -> None:
    assert [step.name for step in update.steps() if "retire" in step.name] == []


def test_another_key_changes_the_activate_step_alone_and_another_password_the_database_too(
    update: Recording, values: dict[str, Any]
) -> None:
    def different(stack: Recording) -> list[str]:
        before = {resource.name: resource.inputs for resource in update.resources}
        return [r.name for r in stack.steps() if before.get(r.name) != r.inputs]

    assert different(at(values, secret_key=2)) == ["release-activate"]
    assert different(at(values, database=2)) == ["release-database", "release-activate", "release-retire"]


def test_the_secrets_of_every_generation_are_secret_to_the_engine(values: dict[str, Any]) -> None:
    for resource in at(values, secret_key=2, database=2).resources:
        shown = {key: value for key, value in resource.inputs.items() if key not in resource.secret_inputs}
        assert "PASSWORD-" not in repr(shown), resource.name


def test_the_first_generation_goes_on_with_the_secrets_of_a_stack_from_before_there_were_generations(
    update: Recording,
) -> None:
    aliases = {password.name: password.aliases for password in update.of_type(PASSWORD)}
    assert aliases == {
        "database-master-password": (),
        "database-owner-password-1": ("database-owner-password",),
        "database-app-password-1": ("database-app-password",),
        "release-secret-key-1": ("release-secret-key",),
    }
