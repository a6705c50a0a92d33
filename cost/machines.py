"""What computers, disks, addresses and the database are charged for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cost.charge import Charge, months
from cost.stacks import Stack
from cost.usage import Usage, exactly
from policies.resource import Resource

REPORTS_PER_HOUR = 60  # templates/systemd/slipway-report.timer.j2
DATABASE = "aws:rds/instance:Instance"


def instance(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    """A server, its system disk, what it sends, and its reports to CloudWatch."""
    type_ = str(resource.inputs["instanceType"])
    yield Charge(
        resource=resource.name, what=f"server {type_}", service="ec2", item=type_, quantity=usage.hours, basis="hours"
    )
    disk = resource.block("rootBlockDevice")
    yield _disk(resource.name, "system disk", str(disk["volumeType"]), Decimal(str(disk["volumeSize"])), usage)
    yield Charge(
        resource=resource.name,
        what="sent to the internet",
        service="transfer",
        item="out",
        quantity=usage.egress_gb,
        basis="egress_gb",
    )
    yield Charge(
        resource=resource.name,
        what="reports of the host",
        service="cloudwatch",
        item="request",
        quantity=usage.hours * REPORTS_PER_HOUR / 1000,
        basis="one a minute",
    )


def volume(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    yield _disk(
        resource.name, "disk", str(resource.inputs.get("type") or "gp2"), Decimal(str(resource.inputs["size"])), usage
    )


def _disk(name: str, what: str, kind: str, size_gb: Decimal, usage: Usage) -> Charge:
    return Charge(
        resource=name,
        what=f"{what} {kind}",
        service="ebs",
        item=kind,
        quantity=months(usage) * size_gb,
        basis=f"{size_gb.normalize():f} GB",
    )


def address(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    yield Charge(
        resource=resource.name,
        what="public IPv4 address",
        service="ipv4",
        item="address",
        quantity=usage.hours,
        basis="hours",
    )


def endpoint(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    """Gateway endpoints cost nothing (https://aws.amazon.com/vpc/faqs/); others have no figure in the table."""
    kind = str(resource.inputs.get("vpcEndpointType") or "Gateway")
    if kind != "Gateway":
        yield Charge(
            resource=resource.name,
            what=f"{kind.lower()} endpoint",
            service="endpoint",
            item=kind,
            quantity=usage.hours,
            basis="hours",
        )


def database(resource: Resource, stack: Stack, usage: Usage) -> Iterator[Charge]:
    """An instance of RDS, its storage, backups beyond the free share, and what it says to a server elsewhere."""
    class_ = str(resource.inputs["instanceClass"])
    replicated = resource.inputs.get("allocatedStorage") is None
    service = "rds-multi-az" if resource.inputs.get("multiAz") else "rds"
    noun = "read replica" if replicated else "database"
    yield Charge(
        resource=resource.name,
        what=f"{noun} {class_}" + (" in two zones" if service != "rds" else ""),
        service=service,
        item=class_,
        quantity=usage.hours,
        basis="hours",
    )
    size = Decimal(str(_storage_gb(resource, stack)))
    kind = str(resource.inputs.get("storageType") or "gp2")
    yield Charge(
        resource=resource.name,
        what=f"storage {kind}",
        service=service,
        item=kind,
        quantity=months(usage) * size,
        basis=f"{size.normalize():f} GB",
    )
    if resource.inputs.get("backupRetentionPeriod"):
        yield Charge(
            resource=resource.name,
            what="backups beyond the free share",
            service="rds",
            item="backup",
            quantity=months(usage) * usage.backup_share * size,
            basis="backup_share of the storage",
        )
    if not replicated:
        yield Charge(
            resource=resource.name,
            what="between availability zones",
            service="transfer",
            item="zone",
            quantity=usage.zone_gb * exactly(2),
            basis="zone_gb, charged to either side",
        )


def _storage_gb(resource: Resource, stack: Stack) -> float:
    """A replica has what its source has."""
    given = resource.inputs.get("allocatedStorage")
    sizes = [one.inputs.get("allocatedStorage") for one in stack.of_type(DATABASE)]
    return float(given or max(size for size in sizes if size))
