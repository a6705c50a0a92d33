"""Where in AWS's Price List each item of tables/prices.csv is to be found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Item:
    """The rows of one price: the offer that has them, their usage type without the region, and other columns."""

    offer: str
    usage: str  # a regular expression
    columns: Mapping[str, str] = field(default_factory=dict)
    factor: Decimal = Decimal(1)  # from AWS's unit to the table's

    def matches(self, row: Mapping[str, str]) -> bool:
        """Usage types begin with the region: EUC1-, in a few offers eu-central-1-, in us-east-1 often nothing."""
        return re.fullmatch(rf"([A-Z]+\d*-|[a-z]+-[a-z]+-\d-)?{self.usage}", row["usageType"]) is not None and all(
            row.get(column) == value for column, value in self.columns.items()
        )


THOUSAND = Decimal(1000)
POSTGRES = {"Database Engine": "PostgreSQL"}
ITEMS: Mapping[tuple[str, str], Item] = {
    ("ebs", "gp3"): Item(offer="AmazonEC2", usage=r"EBS:VolumeUsage\.gp3"),
    ("ipv4", "address"): Item(offer="AmazonVPC", usage="PublicIPv4:InUseAddress"),
    ("rds", "gp3"): Item(offer="AmazonRDS", usage="RDS:GP3-Storage", columns=POSTGRES),
    ("rds-multi-az", "gp3"): Item(offer="AmazonRDS", usage="RDS:Multi-AZ-GP3-Storage"),
    ("rds", "backup"): Item(offer="AmazonRDS", usage="RDS:ChargedBackupUsage", columns=POSTGRES),
    ("cloudwatch", "alarm"): Item(offer="AmazonCloudWatch", usage="CW:AlarmMonitorUsage"),
    ("cloudwatch", "metric"): Item(offer="AmazonCloudWatch", usage="CW:MetricMonitorUsage"),
    ("cloudwatch", "logs-in"): Item(
        offer="AmazonCloudWatch", usage="DataProcessing-Bytes", columns={"operation": "PutLogEvents"}
    ),
    ("cloudwatch", "logs-stored"): Item(offer="AmazonCloudWatch", usage="TimedStorage-ByteHrs"),
    ("cloudwatch", "request"): Item(offer="AmazonCloudWatch", usage="CW:Requests", factor=THOUSAND),
    ("kms", "key"): Item(offer="awskms", usage="KMS-Keys"),
    ("kms", "request"): Item(offer="awskms", usage="KMS-Requests", factor=THOUSAND),
    ("sns", "email"): Item(offer="AmazonSNS", usage="DeliveryAttempts-SMTP", factor=THOUSAND),
    ("route53", "zone"): Item(offer="AmazonRoute53", usage="HostedZone"),
    ("route53", "query"): Item(offer="AmazonRoute53", usage="DNS-Queries", factor=THOUSAND),
    ("transfer", "out"): Item(offer="AWSDataTransfer", usage="DataTransfer-Out-Bytes"),
    ("transfer", "zone"): Item(offer="AWSDataTransfer", usage="DataTransfer-Regional-Bytes"),
}
DEPLOYMENTS = {"rds": ("InstanceUsage", "Single-AZ"), "rds-multi-az": ("Multi-AZUsage", "Multi-AZ")}
# On demand, Linux without anything on it, on shared hardware.
LINUX = {"Tenancy": "Shared", "Operating System": "Linux", "Pre Installed S/W": "NA", "CapacityStatus": "Used"}


def item_of(service: str, name: str) -> Item:
    """Where the price is; classes and types are found by their name."""
    if (service, name) in ITEMS:
        return ITEMS[service, name]
    if service == "ec2":
        return Item(offer="AmazonEC2", usage=rf"BoxUsage:{re.escape(name)}", columns=LINUX | {"Instance Type": name})
    usage, deployment = DEPLOYMENTS[service]
    # Sizes are cut short in usage types (db.t4g.xl), not in the column.
    columns = POSTGRES | {"Instance Type": name, "Deployment Option": deployment}
    return Item(offer="AmazonRDS", usage=rf"{usage}:db\..*", columns=columns)
