"""What holds for every resource of the stack."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from tests.unit.recording import Recording, Registered, private_key
from tests.unit.running import ROOT, run_program

STEPS = [
    "system-ready",
    "system-packages",
    "system-upgrades",
    "system-sshd",
    "system-operator-key",
    "system-firewall",
    "system-user",
    "system-metadata-service",
    "system-metadata",
    "system-rds-bundle",
    "system-uv",
    "system-host-package",
    "system-host",
    "media-mount",
    "nginx-config",
    "certificate-hook",
    "certificate-issue",
    "site-https",
    "site-old-certificates",
    "gunicorn-config",
    "gunicorn-service",
    "gunicorn-socket",
    "gunicorn-process",
    "gunicorn-schedule",
    "gunicorn-mend",
    "reports-config",
    "reports-service",
    "reports-timer",
    "release-rules",
    "release-upload",
    "release-prepare",
    "release-database",
    "release-activate",
]


def text(resource: Registered) -> str:
    return json.dumps(resource.inputs, default=repr)


def awaited(stack: Recording, resource: Registered) -> set[str]:
    """The names of everything that must exist before this resource is made: its parent waits for its own first."""
    found: set[str] = set()
    ahead = [resource]
    while ahead:
        current = ahead.pop()
        names = {*current.dependencies, current.parent} - found - {""}
        found |= names
        ahead += [stack.named(name) for name in names]
    return found


def test_every_resource_of_the_cloud_or_the_host_belongs_to_a_component(stack: Recording) -> None:
    components = {resource.name for resource in stack.resources if resource.type.startswith("slipway:components:")}
    orphans = [resource.name for resource in stack.resources if resource.name not in components and not resource.parent]
    assert orphans == [], "a resource outside a component is in no table of contents"


def test_every_child_is_named_after_its_parent(stack: Recording) -> None:
    strangers = [r.name for r in stack.resources if r.parent and not r.name.startswith(f"{r.parent}-")]
    assert strangers == []


def test_the_order_of_the_steps_is_the_order_of_the_design(stack: Recording) -> None:
    assert sorted(step.name for step in stack.steps()) == sorted(STEPS)


def test_the_steps_run_strictly_one_after_the_other(stack: Recording) -> None:
    for earlier, later in pairwise(STEPS):
        reach = awaited(stack, stack.named(later))
        assert earlier in reach, (
            f"{later} may start while {earlier} runs: two apt-get or two nginx reloads would collide"
        )


def test_only_the_last_two_steps_wait_for_the_database(stack: Recording) -> None:
    waiting = [name for name in STEPS if "database-instance" in awaited(stack, stack.named(name))]
    assert waiting == ["release-database", "release-activate"], "RDS takes minutes, in which the host can be built"


def test_the_certificate_waits_for_the_name(stack: Recording) -> None:
    assert "dns-record" in awaited(stack, stack.named("certificate-issue"))
    assert "dns-record" not in awaited(stack, stack.named("nginx-config"))


def test_every_step_is_repeated_on_a_new_server_and_forgotten_with_it(stack: Recording) -> None:
    for step in stack.steps():
        assert step.deleted_with == "server-instance", f"{step.name} would dial a host that is gone"
        assert len(step.inputs["triggers"]) == 1, f"{step.name} would not run on a replaced server"
        assert "server-instance" in step.dependencies


def test_every_step_is_triggered_by_the_id_of_the_server(update: Recording) -> None:
    assert {tuple(step.inputs["triggers"]) for step in update.steps()} == {("server-instance-id",)}


def test_every_connection_checks_the_key_of_the_host(update: Recording) -> None:
    for step in update.steps():
        assert step.inputs["connection"] == {
            "host": "203.0.113.80",
            "user": "admin",
            "port": 22,
            "privateKey": private_key("server-deploy-key"),
            "hostKey": "ssh-ed25519 PUBLIC-server-host-key\n",
            "dialErrorLimit": 60,
            "perDialTimeout": 10,
        }, step.name
        assert "connection" in step.secret_inputs


def test_a_step_has_a_create_script_and_nothing_that_could_undo_it(stack: Recording) -> None:
    for step in stack.of_type("command:remote:Command"):
        assert not step.inputs.keys() & {"delete", "update", "environment"}, step.name
        assert step.inputs["addPreviousOutputInEnv"] is False, f"{step.name}: sshd accepts no such variable"
        assert stack.named(step.name).inputs["create"], step.name


def test_every_script_runs_as_root_and_stops_at_its_first_failure(update: Recording) -> None:
    for step in update.of_type("command:remote:Command"):
        assert step.inputs["create"].startswith("sudo -n sh -c \"$(cat <<'STEP'\nset -eu\n"), step.name
        assert step.inputs["create"].endswith('\nSTEP\n)"'), step.name


def test_secrets_travel_in_stdin_and_nowhere_else(update: Recording) -> None:
    secrets = ["PASSWORD-", "TOKEN-OF-THE-APP", "PRIVATE-"]
    for resource in update.resources:
        shown = {key: value for key, value in resource.inputs.items() if key not in resource.secret_inputs}
        if resource.type == "aws:ec2/instance:Instance":
            assert "PRIVATE-server-host-key" in resource.inputs["userData"], "the host gets its key at its first boot"
        leaked = [secret for secret in secrets if secret in json.dumps(shown, default=repr)]
        assert leaked == [], f"{resource.name} shows a secret outside stdin"


def test_a_step_that_reads_a_secret_keeps_its_output_to_itself(stack: Recording) -> None:
    secretive = {step.name for step in stack.steps() if "stdin" in step.secret_inputs}
    assert {"release-database", "release-activate"} <= secretive
    for name in secretive:
        assert stack.named(name).inputs["logging"] == "none"
        assert {"stdout", "stderr"} <= set(stack.named(name).secret_outputs)


def test_no_output_was_taken_for_text(stack: Recording) -> None:
    for resource in stack.resources:
        assert "pulumi.Output" not in text(resource) and "Output[T]" not in text(resource), resource.name


def test_another_number_of_workers_changes_the_activate_step_alone(update: Recording, values: dict[str, Any]) -> None:
    changed = run_program({**values, "workers": 2})
    different = [r.name for r in update.resources if changed.named(r.name).inputs != r.inputs]
    assert different == ["release-activate"]
    before, after = update.named("release-activate").inputs, changed.named("release-activate").inputs
    assert [key for key in before if before[key] != after[key]] == ["stdin"]


def test_other_rules_of_releasing_are_written_before_they_are_kept_to(
    update: Recording, values: dict[str, Any]
) -> None:
    changed = run_program({**values, "keepReleases": 7})
    different = [r.name for r in update.resources if changed.named(r.name).inputs != r.inputs]
    assert different == ["release-rules", "release-activate"]
    rules = json.loads(changed.named("release-rules").inputs["stdin"])
    assert rules == {
        "accept_migrations": [],
        "domain": "www.example.org",
        "health_path": "/",
        "keep_releases": 7,
        "processes": {},
        "schedule": {},
        "watch_max_p99_ms": 2000,
        "watch_seconds": 3,
    }


def test_the_program_asks_for_the_same_twice(update: Recording, values: dict[str, Any]) -> None:
    again = run_program(values)
    assert [again.named(r.name) for r in update.resources] == update.resources


def test_the_stack_exports_what_other_things_rely_on(update: Recording) -> None:
    release = update.outputs.pop("release")
    assert len(release) == 12
    assert update.outputs == {
        "url": "https://www.example.org/",
        "address": "203.0.113.80",
        "ssh": "admin@203.0.113.80",
        "sshProxyCommand": "none",
        "hostKey": "ssh-ed25519 PUBLIC-server-host-key\n",
        "deployKey": (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nPRIVATE-server-deploy-key\n-----END OPENSSH PRIVATE KEY-----\n"
        ),
        "database": "database.example.internal",
        "migrations": {},
    }
    update.outputs["release"] = release
    assert update.secret_outputs == {"deployKey"}


def test_the_whole_program_fits_on_a_page() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 100
