"""After a crash, what was made, what is remembered and what the engine knows agree again."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal import machines, network, recovery, tokens
from tests.standins import clouds

VPC, EIP = "aws:ec2/vpc:Vpc", tokens.EIP


@pytest.fixture
def cloud(tmp_path: Path) -> Any:
    return clouds.quiet(tmp_path)


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been done to machines and wires."""
    done: list[str] = []
    monkeypatch.setattr(machines, "boot", lambda home, device: done.append(f"boot {device}"))
    monkeypatch.setattr(machines, "remove", lambda home, device: done.append(f"remove {device}"))
    monkeypatch.setattr(machines, "running", lambda home, device: False)
    monkeypatch.setattr(network, "apply", lambda home, ledger: done.append("apply"))
    return done


def state(cloud: Any, *known: tuple[str, str], pending: int = 0) -> Path:
    """The engine's state file, with these resources."""
    path: Path = cloud.home.path / "state" / ".pulumi" / "stacks" / "slipway" / "local.json"
    path.parent.mkdir(parents=True)
    rows = [{"type": type, "id": id, "urn": f"urn:pulumi:local::slipway::{type}::{id}-name"} for type, id in known]
    latest = {"resources": rows, "pending_operations": [{"type": "creating"}] * pending}
    path.write_text(json.dumps({"version": 3, "checkpoint": {"stack": "local", "latest": latest}}))
    return path


def test_when_all_agrees_nothing_is_done_or_said(cloud: Any, effects: list[str]) -> None:
    cloud.ledger.put(VPC, "vpc-1", {})
    found = recovery.recover(cloud, state(cloud, (VPC, "vpc-1")))
    assert (found.sentences, found.refresh, effects) == ((), False, [])


def test_before_the_first_run_there_is_no_state(cloud: Any, effects: list[str]) -> None:
    found = recovery.recover(cloud, cloud.home.path / "state" / ".pulumi" / "stacks" / "slipway" / "local.json")
    assert (found.sentences, found.refresh) == ((), False)


def test_what_the_engine_does_not_know_of_is_removed_the_youngest_first(cloud: Any, effects: list[str]) -> None:
    clouds.site(cloud.ledger)
    found = recovery.recover(cloud, state(cloud))
    assert cloud.ledger.entries == {}
    assert effects == ["remove d1", "remove m1"]
    assert "Removed instance:Instance i-1, left by a run that was killed." not in found.sentences
    assert "Removed Instance i-1, left by a run that was killed." in found.sentences
    assert not found.refresh, "the engine never knew of them"


def test_protection_does_not_keep_what_a_killed_run_left(cloud: Any, effects: list[str]) -> None:
    facts = clouds.machine("d1", "10.0.1.4", "subnet-1") | {"inputs": {"deletionProtection": True}}
    cloud.ledger.put(tokens.DB_INSTANCE, "db", facts)
    recovery.recover(cloud, state(cloud))
    assert cloud.ledger.entries == {} and effects == ["remove d1"]


def test_pending_operations_are_dropped_and_the_rest_of_the_state_is_kept(cloud: Any, effects: list[str]) -> None:
    cloud.ledger.put(VPC, "vpc-1", {})
    path = state(cloud, (VPC, "vpc-1"), pending=2)
    path.chmod(0o600)
    before = json.loads(path.read_text())
    recovery.recover(cloud, path)
    del before["checkpoint"]["latest"]["pending_operations"]
    assert json.loads(path.read_text()) == before
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_dead_run_s_lock_of_the_engine_s_is_removed(cloud: Any, effects: list[str]) -> None:
    path = state(cloud)
    lock = path.parents[2] / "locks" / "organization" / "slipway" / "local" / "1.json"
    lock.parent.mkdir(parents=True)
    lock.write_text("{}")
    recovery.recover(cloud, path)
    assert not lock.exists()


def test_what_is_gone_from_the_cloud_has_the_engine_look_anew(cloud: Any, effects: list[str]) -> None:
    found = recovery.recover(cloud, state(cloud, (VPC, "vpc-1"), ("pulumi:providers:aws", "x")))
    assert found.refresh and found.sentences == ("vpc-1-name is gone from the cloud.",)


def test_a_machine_whose_disk_is_gone_is_gone(cloud: Any, effects: list[str]) -> None:
    cloud.ledger.put(tokens.INSTANCE, "i-1", clouds.machine("m1", "10.0.0.4", "subnet-1"))
    found = recovery.recover(cloud, state(cloud, (tokens.INSTANCE, "i-1")))
    assert found.refresh and found.sentences == ("i-1-name is gone from the cloud.",)
    assert effects == ["remove m1"] and cloud.ledger.entries == {}


def test_a_server_that_is_gone_takes_the_association_of_its_address_along(cloud: Any, effects: list[str]) -> None:
    clouds.site(cloud.ledger)
    known = [key for key in cloud.ledger.entries if key != (tokens.INSTANCE, "i-1")]
    cloud.ledger.drop(tokens.INSTANCE, "i-1")
    found = recovery.recover(cloud, state(cloud, *known))
    assert "eipassoc-1-name is gone from the cloud." in found.sentences and found.refresh
    assert not list(cloud.ledger.of(tokens.EIP_ASSOCIATION)), "AWS refuses to make anything beside it"
    assert cloud.ledger.find(tokens.EIP, "eipalloc-1")


def test_a_machine_that_is_down_is_wired_and_booted_again(
    cloud: Any, effects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.plug = lambda device, address, cidr: effects.append(f"plug {device} {address} {cidr}")
    cloud.ledger.put(tokens.SUBNET, "subnet-1", {"cidr": "10.0.0.0/24"})
    cloud.ledger.put(tokens.INSTANCE, "i-1", clouds.machine("m1", "10.0.0.4", "subnet-1"))
    machines.root(cloud.home, "m1").mkdir(parents=True)
    path = state(cloud, (tokens.SUBNET, "subnet-1"), (tokens.INSTANCE, "i-1"))
    assert recovery.recover(cloud, path).sentences == ("Started machine i-1, which was down.",)
    assert effects == ["plug m1 10.0.0.4 10.0.0.0/24", "boot m1", "apply"]
    monkeypatch.setattr(machines, "running", lambda home, device: True)
    assert recovery.recover(cloud, path).sentences == ()
