"""RDS for PostgreSQL: subnet groups and parameter groups. Its instances are in aws_db_instance."""

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.postgres import Server
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.kind import physical_name
from rehearsal.providers.values import Values

# RDS for PostgreSQL forces TLS from version 15 on, unless the parameter group says otherwise.
FORCE_SSL_DEFAULT = "1"


class SubnetGroup(CloudKind):
    type = tokens.DB_SUBNET_GROUP
    arn = "arn:aws:rds:{region}:{account}:subgrp:{id}"
    required = frozenset({"subnetIds"})
    optional = frozenset({"name", "description", "tags"})
    replaces = frozenset({"name"})
    computed = frozenset({"arn", "vpcId"})

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return {"name": physical_name(name, old, "name", seed)}

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        subnets = [self.cloud.ledger.need(tokens.SUBNET, subnet) for subnet in inputs["subnetIds"]]
        if len({subnet.facts["zone"] for subnet in subnets}) < 2:
            raise RehearsalError(
                "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage "
                f"requirement. Current AZ coverage: {subnets[0].facts['zone']}. Add subnets to cover at least 2 AZs."
            )
        id, outputs = super().create(name, inputs)
        return id, outputs | {"vpcId": subnets[0].facts["vpc"]}


class ParameterGroup(CloudKind):
    type = tokens.DB_PARAMETER_GROUP
    arn = "arn:aws:rds:{region}:{account}:pg:{id}"
    required = frozenset({"family"})
    optional = frozenset({"name", "description", "parameters", "skipDestroy", "tags"})
    replaces = frozenset({"name", "family", "description"})
    computed = frozenset({"arn"})

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return {"name": physical_name(name, old, "name", seed)}

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        outputs = super().update(id, old, inputs)
        for row in self.cloud.ledger.of(tokens.DB_INSTANCE, parameters=id):
            settings, force_ssl = parameters(inputs)
            Server(home=self.cloud.home, device=row.facts["device"]).configure(settings, force_ssl)
        return outputs


def parameters(inputs: Values) -> tuple[dict[str, str], bool]:
    """A parameter group's settings, and whether connections without TLS are refused."""
    settings = {row["name"]: str(row["value"]) for row in inputs.get("parameters", [])}
    return settings, settings.get("rds.force_ssl", FORCE_SSL_DEFAULT) == "1"


KINDS = (SubnetGroup, ParameterGroup)
