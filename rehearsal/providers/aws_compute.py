"""Key pairs, instances that really boot, and Elastic IPs."""

from collections.abc import Iterable, Iterator

from rehearsal import birth, disks, filtering, machines, processes, tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws_network import free_address
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.kind import physical_name
from rehearsal.providers.values import Values

# AWS: user data is at most 16 KB before it is encoded.
USER_DATA_LIMIT = 16384
# The first nine addresses of a rehearsal's range are its own: this computer, the uplink, room to grow.
FIRST_PUBLIC_HOST = 10


class KeyPair(CloudKind):
    type = tokens.KEY_PAIR
    arn = "arn:aws:ec2:{region}:{account}:key-pair/{id}"
    required = frozenset({"publicKey"})
    optional = frozenset({"keyName", "tags"})
    replaces = frozenset({"publicKey", "keyName"})
    computed = frozenset({"arn", "keyPairId", "fingerprint"})

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return {"keyName": physical_name(name, old, "keyName", seed)}

    def outputs(self, id: str, inputs: Values) -> Values:
        return super().outputs(id, inputs) | {"keyPairId": id, "fingerprint": ""}


class Instance(CloudKind):
    """A Debian machine with systemd, cloud-init and sshd, in its subnet and behind its security groups."""

    type = tokens.INSTANCE
    arn = "arn:aws:ec2:{region}:{account}:instance/{id}"
    required = frozenset({"ami", "instanceType", "subnetId", "vpcSecurityGroupIds", "keyName"})
    optional = frozenset(
        {
            "associatePublicIpAddress",
            "creditSpecification",
            "disableApiStop",
            "disableApiTermination",
            "ebsOptimized",
            "forceDestroy",
            "iamInstanceProfile",
            "maintenanceOptions",
            "metadataOptions",
            "monitoring",
            "rootBlockDevice",
            "tags",
            "userData",
            "userDataReplaceOnChange",
            "volumeTags",
        }
    )
    replaces = frozenset({"ami", "subnetId", "keyName"})
    computed = frozenset({"arn", "privateIp", "publicIp", "privateDns", "availabilityZone", "instanceState"})
    wired = True

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if len(inputs.get("userData", "").encode()) > USER_DATA_LIMIT:
            yield "userData", f"expected length of userData to be at most {USER_DATA_LIMIT} bytes"
        metadata = inputs.get("metadataOptions", {})
        if metadata.get("httpTokens", "required") not in ("required", "optional"):
            yield "metadataOptions", f"httpTokens {metadata['httpTokens']!r} is neither 'required' nor 'optional'"
        if inputs.get("associatePublicIpAddress"):
            yield "associatePublicIpAddress", "the rehearsal gives a public address through an Elastic IP only"

    def replaced_by(self, changed: Iterable[str], inputs: Values) -> list[str]:
        replacing = self.replaces | ({"userData"} if inputs.get("userDataReplaceOnChange") else set())
        return [key for key in changed if key in replacing]

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        cloud, secretless = self.cloud, {key: value for key, value in inputs.items() if key != "userData"}
        with cloud.ledger.lock:
            id = cloud.judge.create(self.type, secretless)
            subnet = cloud.ledger.need(tokens.SUBNET, inputs["subnetId"])
            taken = {entry.facts["address"] for entry in filtering.attached(cloud.ledger)}
            address = free_address(subnet.facts["cidr"], taken)
            device = f"m{id.removeprefix('i-')[-10:]}"
            facts = {
                "inputs": secretless,
                "address": address,
                "subnet": inputs["subnetId"],
                "groups": inputs["vpcSecurityGroupIds"],
                "device": device,
            }
            cloud.ledger.put(self.type, id, facts)
        hostname = f"ip-{address.replace('.', '-')}"
        files = birth.surroundings(cloud.home) | birth.seed(
            instance=id, hostname=hostname, public_key=self._public_key(inputs), user_data=inputs.get("userData", "")
        )
        machines.create(cloud.home, device, cloud.base("server"), files)
        cloud.plug(device, address, subnet.facts["cidr"])
        machines.boot(cloud.home, device)
        return id, {
            "arn": self.arn_of(id),
            "privateIp": address,
            "publicIp": "",
            "privateDns": f"{hostname}.compute.internal",
            "availabilityZone": subnet.facts["zone"],
            "instanceState": "running",
        }

    def _public_key(self, inputs: Values) -> str:
        pair = self.cloud.ledger.need(tokens.KEY_PAIR, inputs["keyName"])
        return str(pair.facts["inputs"]["publicKey"]).strip()

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        """Other groups come into force at once; other user data or another type stops and starts the machine."""
        cloud, entry = self.cloud, self.cloud.ledger.need(self.type, id)
        secretless = {key: value for key, value in inputs.items() if key != "userData"}
        cloud.judge.change(self.type, id, secretless)
        facts = {**entry.facts, "inputs": secretless, "groups": inputs["vpcSecurityGroupIds"]}
        device = facts["device"]
        cloud.ledger.put(self.type, id, facts)
        cloud.apply()
        data = birth.user_data_text(inputs.get("userData", ""))
        new_data = machines.root(cloud.home, device).joinpath(birth.USER_DATA[1:]).read_text() != data
        if new_data or entry.facts["inputs"]["instanceType"] != inputs["instanceType"]:
            processes.stop(f"{cloud.home.prefix}-{device}")
            cloud.ledger.put(self.type, id, {key: value for key, value in facts.items() if key != "stopped"})
            machines.write(cloud.home, device, birth.USER_DATA, data, 0o600)
            machines.boot(cloud.home, device)
        return {key: old[key] for key in self.computed if key in old}

    def read(self, id: str, state: Values) -> Values | None:
        entry = self.cloud.ledger.find(self.type, id)
        if entry is None or not machines.root(self.cloud.home, entry.facts["device"]).exists():
            return None
        up = machines.running(self.cloud.home, entry.facts["device"])
        return {**state, "instanceState": "running" if up else "stopped"}

    def delete(self, id: str, state: Values) -> None:
        if entry := self.cloud.ledger.find(self.type, id):
            if state.get("disableApiTermination") and not state.get("forceDestroy"):
                raise RehearsalError(
                    f"OperationNotPermitted: The instance '{id}' may not be terminated. Modify its "
                    "'disableApiTermination' instance attribute and try again."
                )
            machines.remove(self.cloud.home, entry.facts["device"])
            for attachment in self.cloud.ledger.of(tokens.VOLUME_ATTACHMENT, instance=id):
                disks.detach(self.cloud.home, attachment.facts["volume"], entry.facts["device"])
        super().delete(id, state)


class Eip(CloudKind):
    """A public address of this rehearsal's own range."""

    type = tokens.EIP
    arn = "arn:aws:ec2:{region}:{account}:elastic-ip/{id}"
    optional = frozenset({"domain", "tags", "networkBorderGroup"})
    computed = frozenset({"arn", "allocationId", "publicIp"})

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        with self.cloud.ledger.lock:
            id = self.cloud.judge.create(self.type, inputs)
            taken = {entry.facts["address"] for entry in self.cloud.ledger.of(self.type)}
            pool = list(self.cloud.home.network.hosts())[FIRST_PUBLIC_HOST - 1 :]
            address = next((str(host) for host in pool if str(host) not in taken), None)
            if address is None:
                raise RehearsalError("AddressLimitExceeded: The maximum number of addresses has been reached.")
            self.cloud.ledger.put(self.type, id, {"inputs": inputs, "address": address})
        return id, {"arn": self.arn_of(id), "allocationId": id, "publicIp": address}


class EipAssociation(CloudKind):
    type = tokens.EIP_ASSOCIATION
    required = frozenset({"allocationId", "instanceId"})
    replaces = required
    computed = frozenset({"publicIp", "privateIpAddress"})
    wired = True

    def facts(self, inputs: Values) -> Values:
        return {"instance": inputs["instanceId"], "eip": inputs["allocationId"]}

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        """An address that leads elsewhere is taken from there, and that association is no more."""
        with self.cloud.ledger.lock:
            earlier = list(self.cloud.ledger.of(self.type, eip=inputs["allocationId"]))
            made = super().create(name, inputs)
            for entry in earlier:
                self.cloud.ledger.drop(self.type, entry.id)
            if earlier:
                self.cloud.apply()
        return made

    def outputs(self, id: str, inputs: Values) -> Values:
        ledger = self.cloud.ledger
        return {
            "publicIp": ledger.need(tokens.EIP, inputs["allocationId"]).facts["address"],
            "privateIpAddress": ledger.need(tokens.INSTANCE, inputs["instanceId"]).facts["address"],
        }

    def read(self, id: str, state: Values) -> Values | None:
        """AWS takes the address off an instance that is gone."""
        entry = self.cloud.ledger.find(self.type, id)
        lost = entry is None or self.cloud.ledger.find(tokens.INSTANCE, entry.facts["instance"]) is None
        return None if lost else state


KINDS = (KeyPair, Instance, Eip, EipAssociation)
