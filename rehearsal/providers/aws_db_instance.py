"""RDS instances that are real Postgres servers, each on a machine that only its security groups lead to."""

import hashlib
from collections.abc import Iterator

from rehearsal import birth, filtering, machines, replication, services, tokens
from rehearsal.errors import RehearsalError
from rehearsal.ledger import Entry
from rehearsal.postgres import Server
from rehearsal.providers.aws_database import parameters
from rehearsal.providers.aws_network import free_address
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.database_rules import growth_problems, problems
from rehearsal.providers.kind import physical_name
from rehearsal.providers.values import Values

OWN = frozenset({"allocatedStorage", "engine", "engineVersion", "password", "username"})
PLACE = frozenset({"dbSubnetGroupName", "parameterGroupName", "vpcSecurityGroupIds"})


class DbInstance(CloudKind):
    """A Postgres server, or a read-only copy that follows another one."""

    type = tokens.DB_INSTANCE
    arn = "arn:aws:rds:{region}:{account}:db:{id}"
    required = frozenset({"instanceClass"})
    optional = (
        OWN
        | PLACE
        | frozenset(
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
                "iamDatabaseAuthenticationEnabled",
                "identifier",
                "iops",
                "kmsKeyId",
                "maintenanceWindow",
                "maxAllocatedStorage",
                "monitoringInterval",
                "monitoringRoleArn",
                "multiAz",
                "performanceInsightsEnabled",
                "performanceInsightsKmsKeyId",
                "performanceInsightsRetentionPeriod",
                "port",
                "publiclyAccessible",
                "replicateSourceDb",
                "skipFinalSnapshot",
                "storageEncrypted",
                "storageType",
                "tags",
            }
        )
    )
    replaces = frozenset({"engine", "identifier", "username", "dbName", "storageEncrypted", "kmsKeyId"})
    computed = frozenset({"address", "arn", "endpoint", "hostedZoneId", "resourceId", "status"})
    wired = True

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return {"identifier": physical_name(name, old, "identifier", seed), "port": 5432}

    def needs(self, inputs: Values) -> frozenset[str]:
        """A replica has of its source what it is not given."""
        return self.required if "replicateSourceDb" in inputs else self.required | OWN | PLACE

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from problems(inputs)

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        cloud = self.cloud
        public = {key: value for key, value in inputs.items() if key != "password"}
        with cloud.ledger.lock:
            source = self._source(inputs)
            id = cloud.judge.create(self.type, public)
            inherited = source.facts["inputs"] if source else {}
            group = cloud.ledger.need(
                tokens.DB_SUBNET_GROUP, inputs.get("dbSubnetGroupName") or inherited["dbSubnetGroupName"]
            )
            # A copy lies in another zone than what it is a copy of.
            subnets = [id for id in group.facts["inputs"]["subnetIds"] if not source or id != source.facts["subnet"]]
            subnet = cloud.ledger.need(tokens.SUBNET, subnets[0])
            taken = {entry.facts["address"] for entry in filtering.attached(cloud.ledger)}
            address = free_address(subnet.facts["cidr"], taken)
            device = f"d{hashlib.sha256(id.encode()).hexdigest()[:10]}"
            host = f"{id}.{device}.{cloud.region}.rds.amazonaws.com"
            facts = {
                "inputs": public,
                "address": address,
                "subnet": subnet.id,
                "groups": inputs.get("vpcSecurityGroupIds", []),
                "device": device,
                "host": host,
                "parameters": inputs.get("parameterGroupName") or inherited["parameterGroupName"],
                **({"source": source.id} if source else {}),
            }
            entry = cloud.ledger.put(self.type, id, facts)
        server = Server(home=cloud.home, device=device)
        self._boot(server, entry, subnet.facts["cidr"])
        server.wait()
        if not source:
            server.set_master(inputs["username"], inputs["password"])
            if database := inputs.get("dbName"):
                server.create_database(database, inputs["username"])
        cloud.publish()
        return id, {
            "address": host,
            "endpoint": f"{host}:{inputs['port']}",
            "arn": self.arn_of(id),
            "hostedZoneId": "",
            "resourceId": f"db-{device}",
            "status": "available",
        }

    def _source(self, inputs: Values) -> Entry | None:
        """The instance to copy: RDS makes copies from its backups, so there must be some."""
        if not (name := inputs.get("replicateSourceDb")):
            return None
        source = self.cloud.ledger.find(self.type, name.rpartition(":")[2])
        if source is None:
            raise RehearsalError(f"DBInstanceNotFound: DBInstance {name} not found.")
        if not source.facts["inputs"].get("backupRetentionPeriod"):
            raise RehearsalError(
                "InvalidDBInstanceState: Automated backups are not enabled for this database instance. To enable "
                f"automated backups, set the backup retention period of {source.id} to a non-zero value."
            )
        return source

    def _boot(self, server: Server, entry: Entry, cidr: str) -> None:
        cloud, facts = self.cloud, entry.facts
        settings, force_ssl = parameters(
            cloud.ledger.need(tokens.DB_PARAMETER_GROUP, facts["parameters"]).facts["inputs"]
        )
        certificate, key = services.authority(cloud.home).issue(facts["host"])
        files = birth.surroundings(cloud.home) | server.files(certificate, key, settings, force_ssl)
        if source := facts.get("source"):
            origin = cloud.ledger.need(self.type, source).facts
            primary = Server(home=cloud.home, device=origin["device"])
            files |= replication.admit(primary, origin["host"], facts["device"])
        machines.create(cloud.home, facts["device"], cloud.base("postgres"), files)
        cloud.plug(facts["device"], facts["address"], cidr)
        machines.boot(cloud.home, facts["device"])

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        entry = self.cloud.ledger.need(self.type, id)
        public = {key: value for key, value in inputs.items() if key != "password"}
        for refusal in growth_problems(id, entry.facts["inputs"], inputs):
            raise RehearsalError(refusal)
        self.cloud.judge.change(self.type, id, public)
        facts = {**entry.facts, "inputs": public, "groups": inputs.get("vpcSecurityGroupIds", [])}
        server = Server(home=self.cloud.home, device=entry.facts["device"])
        if inputs.get("parameterGroupName", entry.facts["parameters"]) != entry.facts["parameters"]:
            group = self.cloud.ledger.need(tokens.DB_PARAMETER_GROUP, inputs["parameterGroupName"])
            server.configure(*parameters(group.facts["inputs"]))
            facts["parameters"] = inputs["parameterGroupName"]
        if "source" in facts and "replicateSourceDb" not in inputs:
            replication.promote(server)
            del facts["source"]
        if "source" not in facts and "password" in inputs:
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
            self._save(entry, state.get("finalSnapshotIdentifier"))
        machines.remove(self.cloud.home, entry.facts["device"])
        if source := self.cloud.ledger.find(self.type, entry.facts.get("source", "")):
            replication.dismiss(Server(home=self.cloud.home, device=source.facts["device"]), entry.facts["device"])
        super().delete(id, state)
        self.cloud.publish()

    def _save(self, entry: Entry, snapshot: str | None) -> None:
        """A final snapshot, under a name that no other one has."""
        if not snapshot:
            raise RehearsalError(
                "final_snapshot_identifier is required when skip_final_snapshot is false "
                f"(DB instance {entry.id}): set finalSnapshotIdentifier."
            )
        target = self.cloud.snapshots / f"{snapshot}.sql"
        if target.exists():
            raise RehearsalError(
                "DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier "
                f"{snapshot} already exists."
            )
        Server(home=self.cloud.home, device=entry.facts["device"]).dump(target)


KINDS = (DbInstance,)
