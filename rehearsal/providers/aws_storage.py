"""EBS volumes, and the instances they are attached to."""

import re
from collections.abc import Iterator

from rehearsal import disks, machines, tokens
from rehearsal.errors import RehearsalError
from rehearsal.ledger import Entry
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.lookups import zone_names
from rehearsal.providers.values import Values
from rehearsal.shell import run

# https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html: GiB of a gp3 volume.
SMALLEST, LARGEST = 1, 65536
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
DEVICE_NAME = re.compile(r"/dev/(sd[b-z][1-6]?|xvd[b-d][a-z]|xvd[e-z])")


class Volume(CloudKind):
    """A disk of its own, in one availability zone."""

    type = tokens.VOLUME
    arn = "arn:aws:ec2:{region}:{account}:volume/{id}"
    required = frozenset({"availabilityZone", "size"})
    optional = frozenset({"encrypted", "finalSnapshot", "iops", "kmsKeyId", "tags", "throughput", "type"})
    replaces = frozenset({"availabilityZone", "encrypted", "kmsKeyId"})
    computed = frozenset({"arn"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if not SMALLEST <= inputs.get("size", SMALLEST) <= LARGEST:
            yield "size", f"InvalidParameterValue: Volume of {inputs['size']}GiB is not within {SMALLEST}-{LARGEST}GiB"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        if (zone := inputs["availabilityZone"]) not in zone_names(self.cloud.region):
            raise RehearsalError(f"InvalidZone.NotFound: The zone '{zone}' does not exist.")
        id, outputs = super().create(name, inputs)
        disks.create(self.cloud.home, id, inputs["size"])
        return id, outputs

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        had = self.cloud.ledger.need(self.type, id).facts["inputs"]["size"]
        if inputs["size"] < had:
            raise RehearsalError(
                f"InvalidParameterValue: New size cannot be smaller than existing size: {id} has {had} GiB."
            )
        outputs = super().update(id, old, inputs)
        disks.resize(self.cloud.home, id, inputs["size"])
        return outputs

    def read(self, id: str, state: Values) -> Values | None:
        return super().read(id, state) if disks.image(self.cloud.home, id).exists() else None

    def delete(self, id: str, state: Values) -> None:
        for entry in self.cloud.ledger.of(tokens.VOLUME_ATTACHMENT, volume=id):
            raise RehearsalError(f"VolumeInUse: Volume {id} is currently attached to {entry.facts['instance']}")
        if state.get("finalSnapshot"):
            self._save(id)
        disks.remove(self.cloud.home, id)
        super().delete(id, state)

    def _save(self, id: str) -> None:
        self.cloud.snapshots.mkdir(parents=True, exist_ok=True)
        target = self.cloud.snapshots / f"{id}.img"
        run(["cp", "--sparse=always", str(disks.image(self.cloud.home, id)), str(target)], timeout=600)
        target.chmod(0o600)


class VolumeAttachment(CloudKind):
    """A volume shows up in a machine, booted or not."""

    type = tokens.VOLUME_ATTACHMENT
    required = frozenset({"deviceName", "instanceId", "volumeId"})
    optional = frozenset({"forceDetach", "skipDestroy", "stopInstanceBeforeDetaching"})
    replaces = required

    def facts(self, inputs: Values) -> Values:
        return {"instance": inputs["instanceId"], "volume": inputs["volumeId"]}

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        name = inputs.get("deviceName", "/dev/sdf")
        if not DEVICE_NAME.fullmatch(name):
            yield "deviceName", f"InvalidParameterValue: Value ({name}) for parameter device is invalid"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        with self.cloud.ledger.lock:
            instance = self.cloud.ledger.need(tokens.INSTANCE, inputs["instanceId"])
            self._ask_for_room(inputs, instance)
            made = super().create(name, inputs)
        disks.attach(self.cloud.home, inputs["volumeId"], instance.facts["device"])
        return made

    def _ask_for_room(self, inputs: Values, instance: Entry) -> None:
        """A volume is attached to one instance of its zone, under a name that no other one has there."""
        ledger, volume = self.cloud.ledger, self.cloud.ledger.need(tokens.VOLUME, inputs["volumeId"])
        zone = ledger.need(tokens.SUBNET, instance.facts["subnet"]).facts["zone"]
        if volume.facts["inputs"]["availabilityZone"] != zone:
            raise RehearsalError(
                f"InvalidVolume.ZoneMismatch: The volume '{volume.id}' is not in the same availability zone as "
                f"instance '{instance.id}'"
            )
        for entry in ledger.of(self.type):
            if entry.facts["volume"] == volume.id:
                raise RehearsalError(
                    f"VolumeInUse: {volume.id} is already attached to an instance ({entry.facts['instance']})"
                )
            if (entry.facts["instance"], entry.facts["inputs"]["deviceName"]) == (instance.id, inputs["deviceName"]):
                raise RehearsalError(
                    f"InvalidParameterValue: Invalid value '{inputs['deviceName']}' for unixDevice. Attachment point "
                    f"{inputs['deviceName']} is already in use"
                )

    def read(self, id: str, state: Values) -> Values | None:
        """AWS takes a volume off an instance that is gone."""
        entry = self.cloud.ledger.find(self.type, id)
        lost = entry is None or self.cloud.ledger.find(tokens.INSTANCE, entry.facts["instance"]) is None
        return None if lost else state

    def delete(self, id: str, state: Values) -> None:
        if entry := self.cloud.ledger.find(self.type, id):
            instance = self.cloud.ledger.find(tokens.INSTANCE, entry.facts["instance"])
            if instance:
                self._let_go(entry, instance, state)
        super().delete(id, state)

    def _let_go(self, entry: Entry, instance: Entry, state: Values) -> None:
        home, device, volume = self.cloud.home, instance.facts["device"], entry.facts["volume"]
        if state.get("stopInstanceBeforeDetaching"):
            # It is somebody's wish now, and no accident: it is not booted again by itself.
            self.cloud.ledger.put(tokens.INSTANCE, instance.id, {**instance.facts, "stopped": True})
            machines.halt(home, device)
        elif disks.busy(home, volume, device) and not state.get("forceDetach"):
            raise RehearsalError(
                f"waiting for EC2 Volume ({volume}) to be detached from {instance.id}: timeout while waiting for "
                "state to become 'detached' (last state: 'busy'): it is mounted there"
            )
        disks.detach(home, volume, device)


KINDS = (Volume, VolumeAttachment)
