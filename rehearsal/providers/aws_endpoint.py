"""Gateway endpoints: a VPC's own road to S3 or DynamoDB, entered in its route tables."""

from collections.abc import Iterator

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws_identity import policy_problems
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.values import Values

# Only these two have gateway endpoints (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html).
SERVICES = ("s3", "dynamodb")
LARGEST_POLICY = 20480


class VpcEndpoint(CloudKind):
    type = tokens.VPC_ENDPOINT
    arn = "arn:aws:ec2:{region}:{account}:vpc-endpoint/{id}"
    required = frozenset({"vpcId"})
    optional = frozenset({"policy", "routeTableIds", "serviceName", "tags", "vpcEndpointType"})
    replaces = frozenset({"vpcId", "serviceName", "vpcEndpointType"})
    computed = frozenset({"arn", "cidrBlocks", "ownerId", "prefixListId", "state"})

    def needs(self, inputs: Values) -> frozenset[str]:
        return self.required | {"serviceName"}

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        kind, region = inputs.get("vpcEndpointType", "Gateway"), self.cloud.region
        if kind != "Gateway":
            yield "vpcEndpointType", f"the rehearsal has gateway endpoints alone, not {kind!r}"
        names = [f"com.amazonaws.{region}.{service}" for service in SERVICES]
        if inputs.get("serviceName", names[0]) not in names:
            yield (
                "serviceName",
                f"InvalidServiceName: The Vpc Endpoint Service '{inputs['serviceName']}' does not exist: gateway "
                f"endpoints of {region} are {' and '.join(names)}",
            )
        yield from policy_problems(inputs, "policy", LARGEST_POLICY)

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        self._ask_tables(inputs)
        return super().create(name, inputs)

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        self._ask_tables(inputs)
        return super().update(id, old, inputs)

    def _ask_tables(self, inputs: Values) -> None:
        """Each route table is one of that VPC's, and has no other road to the service."""
        for id in inputs.get("routeTableIds", []):
            table = self.cloud.ledger.need(tokens.ROUTE_TABLE, id)
            if table.facts["inputs"]["vpcId"] != inputs["vpcId"]:
                raise RehearsalError(f"InvalidParameter: Route table {id} does not belong to {inputs['vpcId']}")

    def outputs(self, id: str, inputs: Values) -> Values:
        return super().outputs(id, inputs) | {
            "cidrBlocks": [],
            "ownerId": self.cloud.account,
            "prefixListId": f"pl-{id.removeprefix('vpce-')}",
            "state": "available",
        }


KINDS = (VpcEndpoint,)
