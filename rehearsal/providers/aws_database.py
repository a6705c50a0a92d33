"""RDS for PostgreSQL: subnet groups, parameter groups, and instances that are real servers."""

import hashlib
from collections.abc import Iterator

from rehearsal import birth, filtering, machines, services, tokens
from rehearsal.errors import RehearsalError
from rehearsal.postgres import VERSION, Server
from rehearsal.providers.aws_network import free_address
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.kind import physical_name
from rehearsal.providers.values import Values

# RDS for PostgreSQL on gp2 or gp3 storage.
LEAST_STORAGE_GB = 20
# RDS keeps automated backups for at most 35 days.
MOST_RETENTION_DAYS = 35
# RDS for PostgreSQL forces TLS from version 15 on, unless the parameter group says otherwise.
FORCE_SSL_DEFAULT = "1"


class SubnetGroup(CloudKind):
    type = tokens.DB_SUBNET_GROUP
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


class DbInstance(CloudKind):
    """A Postgres server on a machine that only its security groups lead to."""

    type = tokens.DB_INSTANCE
    required = frozenset(
        {
            "allocatedStorage",
            "dbSubnetGroupName",
            "engine",
            "engineVersion",
            "instanceClass",
            "parameterGroupName",
            "password",
            "username",
            "vpcSecurityGroupIds",
        }
    )
    optional = frozenset(
        {
            "allowMajorVersionUpgrade",
            "applyImmediately",
            "autoMinorVersionUpgrade",
            "backupRetentionPeriod",
            "backupWindow",
            "caCertIdentifier",
            "copyTagsToSnapshot",
            "databaseInsightsMode",
            "dbName",
            "deleteAutomatedBackups",
            "deletionProtection",
            "enabledCloudwatchLogsExports",
            "engineLifecycleSupport",
            "finalSnapshotIdentifier",
            "identifier",
            "maintenanceWindow",
            "maxAllocatedStorage",
            "multiAz",
            "performanceInsightsEnabled",
            "port",
            "publiclyAccessible",
            "skipFinalSnapshot",
            "storageEncrypted",
            "storageType",
            "tags",
        }
    )
    replaces = frozenset({"engine", "identifier", "username", "dbName", "storageEncrypted"})
    computed = frozenset({"address", "arn", "endpoint", "hostedZoneId", "resourceId", "status"})
    wired = True

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return {"identifier": physical_name(name, old, "identifier", seed), "port": 5432}

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if inputs.get("engine", "postgres") != "postgres":
            yield "engine", f"the rehearsal has no {inputs['engine']!r} server, only 'postgres'"
        if str(inputs.get("engineVersion", VERSION)).split(".")[0] != VERSION:
            yield "engineVersion", f"the rehearsal's server is Postgres {VERSION}, not {inputs['engineVersion']}"
        if inputs.get("allocatedStorage", LEAST_STORAGE_GB) < LEAST_STORAGE_GB:
            yield (
                "allocatedStorage",
                f"{inputs['allocatedStorage']} GB is less than the {LEAST_STORAGE_GB} GB of a volume",
            )
        if inputs.get("backupRetentionPeriod", 0) not in range(MOST_RETENTION_DAYS + 1):
            yield (
                "backupRetentionPeriod",
                f"{inputs['backupRetentionPeriod']} is not in the range 0-{MOST_RETENTION_DAYS}",
            )

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        cloud, password = self.cloud, inputs["password"]
        public = {key: value for key, value in inputs.items() if key != "password"}
        with cloud.ledger.lock:
            id = cloud.judge.create(self.type, public)
            group = cloud.ledger.need(tokens.DB_SUBNET_GROUP, inputs["dbSubnetGroupName"])
            subnet = cloud.ledger.need(tokens.SUBNET, group.facts["inputs"]["subnetIds"][0])
            taken = {entry.facts["address"] for entry in filtering.attached(cloud.ledger)}
            address = free_address(subnet.facts["cidr"], taken)
            device = f"d{hashlib.sha256(id.encode()).hexdigest()[:10]}"
            host = f"{id}.{device}.{cloud.region}.rds.amazonaws.com"
            facts = {
                "inputs": public,
                "address": address,
                "subnet": subnet.id,
                "groups": inputs["vpcSecurityGroupIds"],
                "device": device,
                "host": host,
                "parameters": inputs["parameterGroupName"],
            }
            cloud.ledger.put(self.type, id, facts)
        self._boot(device, address, subnet.facts["cidr"], host, inputs["parameterGroupName"])
        server = Server(home=cloud.home, device=device)
        server.wait()
        server.set_master(inputs["username"], password)
        if database := inputs.get("dbName"):
            server.create_database(database, inputs["username"])
        cloud.publish()
        return id, {
            "address": host,
            "endpoint": f"{host}:{inputs['port']}",
            "arn": f"arn:aws:rds:::db:{id}",
            "hostedZoneId": "",
            "resourceId": f"db-{device}",
            "status": "available",
        }

    def _boot(self, device: str, address: str, cidr: str, host: str, group: str) -> None:
        cloud = self.cloud
        settings, force_ssl = parameters(cloud.ledger.need(tokens.DB_PARAMETER_GROUP, group).facts["inputs"])
        certificate, key = services.authority(cloud.home).issue(host)
        server = Server(home=cloud.home, device=device)
        files = birth.surroundings(cloud.home) | server.files(certificate, key, settings, force_ssl)
        machines.create(cloud.home, device, cloud.base("postgres"), files)
        cloud.plug(device, address, cidr)
        machines.boot(cloud.home, device)

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        entry = self.cloud.ledger.need(self.type, id)
        public = {key: value for key, value in inputs.items() if key != "password"}
        self.cloud.judge.change(self.type, id, public)
        facts = {**entry.facts, "inputs": public, "groups": inputs["vpcSecurityGroupIds"]}
        server = Server(home=self.cloud.home, device=entry.facts["device"])
        if inputs["parameterGroupName"] != entry.facts["parameters"]:
            group = self.cloud.ledger.need(tokens.DB_PARAMETER_GROUP, inputs["parameterGroupName"])
            server.configure(*parameters(group.facts["inputs"]))
            facts["parameters"] = inputs["parameterGroupName"]
        server.set_master(inputs["username"], inputs["password"])
        self.cloud.ledger.put(self.type, id, facts)
        self.cloud.apply()
        return {key: old[key] for key in self.computed if key in old}

    def read(self, id: str, state: Values) -> Values | None:
        entry = self.cloud.ledger.find(self.type, id)
        if entry is None or not machines.root(self.cloud.home, entry.facts["device"]).exists():
            return None
        return state

    def delete(self, id: str, state: Values) -> None:
        entry = self.cloud.ledger.find(self.type, id)
        if entry is None:
            return
        if state.get("deletionProtection"):
            raise RehearsalError(
                "InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion "
                "protection and try again."
            )
        if not state.get("skipFinalSnapshot"):
            snapshot = state.get("finalSnapshotIdentifier")
            if not snapshot:
                raise RehearsalError(
                    "final_snapshot_identifier is required when skip_final_snapshot is false "
                    f"(DB instance {id}): set finalSnapshotIdentifier."
                )
            Server(home=self.cloud.home, device=entry.facts["device"]).dump(self.cloud.snapshots / f"{snapshot}.sql")
        machines.remove(self.cloud.home, entry.facts["device"])
        super().delete(id, state)
        self.cloud.publish()


def parameters(inputs: Values) -> tuple[dict[str, str], bool]:
    """A parameter group's settings, and whether connections without TLS are refused."""
    settings = {row["name"]: str(row["value"]) for row in inputs.get("parameters", [])}
    return settings, settings.get("rds.force_ssl", FORCE_SSL_DEFAULT) == "1"


KINDS = (SubnetGroup, ParameterGroup, DbInstance)
