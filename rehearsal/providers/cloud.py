"""The stand-in cloud that the AWS kinds act on: its ledger, its rules, its wires and machines."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network
from pathlib import Path
from typing import ClassVar

from rehearsal import names, network, services
from rehearsal.homes import Home
from rehearsal.ledger import Entry, Ledger
from rehearsal.providers.judge import Judge
from rehearsal.providers.kind import Kind
from rehearsal.providers.values import Values


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One rehearsal's cloud. `account` is its AWS account ID; `base` gives the tree a machine stands on, by its kind's
    name; final snapshots stay in `snapshots` and outlive the stack, as in AWS."""

    home: Home
    ledger: Ledger
    region: str
    account: str
    judge: Judge
    base: Callable[[str], Path]
    snapshots: Path
    hosted_zones: tuple[str, ...] = ()  # none: any that is asked for

    def apply(self) -> None:
        """Put security groups, routes and addresses into force as the ledger has them now."""
        network.apply(self.home, self.ledger)

    def publish(self) -> None:
        """Have the DNS server answer for the names the ledger has now."""
        with self.ledger.lock:
            services.publish(self.home, names.zones(self.ledger))

    def plug(self, device: str, address: str, cidr: str) -> None:
        """Wire a machine to its subnet, with the rules in front of it in force before it boots."""
        block = IPv4Network(cidr)
        network.attach(self.home, device, IPv4Interface(f"{address}/{block.prefixlen}"), str(block[1]))
        self.apply()


class CloudKind(Kind):
    """A kind whose creation AWS's rules are asked about and whose facts the ledger keeps."""

    # The shape of its ARN, with {id}, {region} and {account} to fill in.
    arn: ClassVar[str] = ""
    # Whether security groups, routes or addresses change with it.
    wired = False

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def facts(self, inputs: Values) -> Values:
        """What other resources need to know of this one."""
        return {}

    def outputs(self, id: str, inputs: Values) -> Values:
        """The computed outputs of a new resource."""
        return {"arn": self.arn_of(id)} if "arn" in self.computed else {}

    def arn_of(self, id: str) -> str:
        return self.arn.format(id=id, region=self.cloud.region, account=self.cloud.account)

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        # One step for all who ask: a new account of the judge's is made from the ledger.
        with self.cloud.ledger.lock:
            id = self.cloud.judge.create(self.type, inputs)
            self.record(id, inputs)
        return id, self.outputs(id, inputs)

    def record(self, id: str, inputs: Values) -> Entry:
        entry = self.cloud.ledger.put(self.type, id, {"inputs": inputs, **self.facts(inputs)})
        if self.wired:
            self.cloud.apply()
        return entry

    def read(self, id: str, state: Values) -> Values | None:
        return state if self.cloud.ledger.find(self.type, id) else None

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        self.cloud.judge.change(self.type, id, inputs)
        self.record(id, inputs)
        return super().update(id, old, inputs)

    def delete(self, id: str, state: Values) -> None:
        with self.cloud.ledger.lock:
            self.cloud.ledger.drop(self.type, id)
            self.cloud.judge.forget()
        if self.wired:
            self.cloud.apply()
