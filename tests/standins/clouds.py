"""A stand-in cloud without machines, and a small deployment in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home
from rehearsal.ledger import Ledger
from rehearsal.providers.account import NOBODY
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.judge import Judge
from rehearsal.providers.values import Values

REGION = "eu-central-1"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMHMm0uoO2UCLRzfuaQ3mnuL5x6GdzoeHBhkJ6FYKV6A"
ARM, INTEL = "ami-0000000000000deb13-a64", "ami-0000000000000deb13-x64"


class QuietCloud:
    """Stands for Cloud: remembers how often rules and names would have come into force."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(project=folder / "project", stack="local", slot=7, path=folder / "home")
        self.home.path.mkdir(parents=True)
        self.ledger = Ledger(self.home.path / "ledger.json")
        self.judge = Judge(self.ledger, REGION)
        self.region, self.account, self.snapshots = REGION, NOBODY, folder / "snapshots"
        self.hosted_zones = ()
        self.applied = self.published = 0

    def apply(self) -> None:
        self.applied += 1

    def publish(self) -> None:
        self.published += 1


def site(ledger: Ledger) -> None:
    """A web machine behind an Elastic IP and a database that only the web group reaches."""
    rows: list[tuple[str, str, Values]] = [
        (tokens.INTERNET_GATEWAY, "igw-1", {}),
        (tokens.ROUTE, "r-1", {"table": "rtb-1", "destination": "0.0.0.0/0", "gateway": "igw-1"}),
        (tokens.ROUTE_TABLE_ASSOCIATION, "rtbassoc-1", {"table": "rtb-1", "subnet": "subnet-public"}),
        (tokens.SECURITY_GROUP, "sg-web", {}),
        (tokens.SECURITY_GROUP, "sg-db", {}),
        (tokens.INGRESS_RULE, "sgr-1", rule("sg-web", "0.0.0.0/0", "tcp", 80)),
        (tokens.INGRESS_RULE, "sgr-2", rule("sg-web", "198.18.0.0/15", "tcp", 8000, 8010)),
        (tokens.INGRESS_RULE, "sgr-3", rule("sg-db", "sg-web", "tcp", 5432)),
        (tokens.EGRESS_RULE, "sgr-4", rule("sg-web", "0.0.0.0/0", "-1", 0, 65535)),
        (tokens.INSTANCE, "i-1", machine("m1", "10.0.0.4", "subnet-public", "sg-web")),
        (tokens.DB_INSTANCE, "db", machine("d1", "10.0.1.4", "subnet-isolated", "sg-db") | {"host": "db.example"}),
        (tokens.EIP, "eipalloc-1", {"address": "198.18.7.10"}),
        (tokens.EIP_ASSOCIATION, "eipassoc-1", {"instance": "i-1", "eip": "eipalloc-1"}),
    ]
    for type, id, facts in rows:
        ledger.put(type, id, facts)


def rule(group: str, peer: str, protocol: str, low: int, high: int | None = None) -> Values:
    return {"group": group, "peer": peer, "protocol": protocol, "from": low, "to": high or low}


def machine(device: str, address: str, subnet: str, *groups: str) -> Values:
    return {"device": device, "address": address, "subnet": subnet, "groups": list(groups), "inputs": {}}


def quiet(folder: Path) -> Any:
    """A QuietCloud, for what asks for a Cloud."""
    return QuietCloud(folder)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A resource that a kind has made."""

    id: str
    outputs: Values


class Judged(QuietCloud):
    """A cloud whose kinds are driven as the engine drives them: checked, then made, moto asked in between."""

    def kind(self, kind: type[CloudKind]) -> CloudKind:
        return kind(cast(Any, self))

    def make(self, kind: type[CloudKind], **inputs: Any) -> Made:
        maker = self.kind(kind)
        assert list(maker.check(inputs)) == [], "a preview would have refused it"
        filled = {**maker.defaults("it", inputs, {}, bytes(32)), **inputs}
        id, outputs = maker.create("it", filled)
        return Made(id=id, outputs=outputs)

    def refusal(self, kind: type[CloudKind], **inputs: Any) -> str:
        with pytest.raises(RehearsalError) as error:
            self.make(kind, **inputs)
        return str(error.value)


@contextmanager
def judged(folder: Path) -> Iterator[Judged]:
    """A Judged cloud; afterwards moto has let go of AWS, and the environment is as it was."""
    environment = dict(os.environ)
    cloud = Judged(folder)
    try:
        yield cloud
    finally:
        cloud.judge.close()
        os.environ.clear()
        os.environ.update(environment)
