"""EBS volumes: real block devices, attached as AWS attaches them."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import disks, machines, network, teardown, tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws_storage import Volume, VolumeAttachment
from tests.standins import clouds

ZONE = f"{clouds.REGION}a"
VPC = {"cidrBlock": "10.0.0.0/16"}
KEY = {"keyName": "key", "publicKey": clouds.KEY}
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="loop devices are root's")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clouds.Judged]:
    with clouds.judged(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud
        disks.release(cloud.home)
    assert not any(loops(cloud, entry.id) for entry in cloud.ledger.of(tokens.VOLUME))


def loops(cloud: clouds.Judged, volume: str) -> str:
    """What losetup says of a volume."""
    file = str(disks.image(cloud.home, volume))
    return subprocess.run(["losetup", "--associated", file], capture_output=True, text=True, check=True).stdout


def instance(cloud: clouds.Judged, zone: str = ZONE) -> str:
    """A machine that is down, in that zone; its id."""
    ledger, number = cloud.ledger, len(list(cloud.ledger.of(tokens.INSTANCE)))
    if not number:
        ledger.put(tokens.VPC, cloud.judge.create(tokens.VPC, VPC), {"inputs": VPC})
        ledger.put(tokens.KEY_PAIR, cloud.judge.create(tokens.KEY_PAIR, KEY), {"inputs": KEY})
    [vpc] = [entry.id for entry in ledger.of(tokens.VPC)]
    place = {"vpcId": vpc, "cidrBlock": f"10.0.{number}.0/24", "availabilityZone": zone}
    subnet = cloud.judge.create(tokens.SUBNET, place)
    ledger.put(tokens.SUBNET, subnet, {"inputs": place, "zone": zone})
    wanted = {"ami": clouds.ARM, "instanceType": "t4g.small", "keyName": "key", "subnetId": subnet}
    id = cloud.judge.create(tokens.INSTANCE, {**wanted, "vpcSecurityGroupIds": []})
    facts = {"inputs": {**wanted, "vpcSecurityGroupIds": []}, "subnet": subnet, "device": f"m{number}", "groups": []}
    ledger.put(tokens.INSTANCE, id, facts)
    return id


def volume(cloud: clouds.Judged, **other: object) -> str:
    wanted = {"availabilityZone": ZONE, "size": 1, "type": "gp3", "encrypted": True}
    return cloud.make(Volume, **{**wanted, **other}).id


def attach(cloud: clouds.Judged, volume: str, instance: str, name: str = "/dev/sdf") -> str:
    return cloud.make(VolumeAttachment, deviceName=name, volumeId=volume, instanceId=instance).id


def node(cloud: clouds.Judged, volume: str) -> Path:
    """The disk as the machine that it is attached to sees it."""
    [entry] = cloud.ledger.of(tokens.VOLUME_ATTACHMENT, volume=volume)
    device = cloud.ledger.need(tokens.INSTANCE, entry.facts["instance"]).facts["device"]
    name = f"nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"
    return machines.disks(cloud.home, device) / "by-id" / name


def begins(path: Path) -> bytes:
    with path.open("rb") as disk:
        return disk.read(4)


def test_an_attached_volume_is_a_disk_of_its_size_under_the_name_that_udev_gives_it(cloud: clouds.Judged) -> None:
    id = volume(cloud)
    assert id.startswith("vol-") and loops(cloud, id) == "", "a volume on its own is no device"
    attach(cloud, id, instance(cloud))
    with node(cloud, id).open("r+b") as disk:
        assert disk.seek(0, os.SEEK_END) == 2**30
        disk.seek(0)
        disk.write(b"kept")
    assert disks.image(cloud.home, id).stat().st_blocks < 1000, "it takes no more room than what was written"


def test_it_takes_what_is_on_it_to_the_next_machine(cloud: clouds.Judged) -> None:
    id = volume(cloud)
    link = attach(cloud, id, instance(cloud))
    seen = node(cloud, id)
    with seen.open("r+b") as disk:
        disk.write(b"kept")
    cloud.kind(VolumeAttachment).delete(link, {})
    assert not seen.exists() and loops(cloud, id) == ""
    attach(cloud, id, instance(cloud))
    assert node(cloud, id) != seen and begins(node(cloud, id)) == b"kept"


def test_a_larger_volume_is_larger_at_once_and_none_shrinks(cloud: clouds.Judged) -> None:
    id = volume(cloud, size=2)
    attach(cloud, id, instance(cloud))
    kind, inputs = cloud.kind(Volume), cloud.ledger.need(tokens.VOLUME, id).facts["inputs"]
    kind.update(id, {}, {**inputs, "size": 3})
    with node(cloud, id).open("rb") as disk:
        assert disk.seek(0, os.SEEK_END) == 3 * 2**30
    with pytest.raises(RehearsalError) as error:
        kind.update(id, {}, {**inputs, "size": 1})
    assert str(error.value) == (
        f"InvalidParameterValue: New size cannot be smaller than existing size: {id} has 3 GiB."
    )


def test_what_aws_refuses_of_a_volume(cloud: clouds.Judged) -> None:
    said = cloud.refusal(Volume, availabilityZone="eu-central-1z", size=1)
    assert said == "InvalidZone.NotFound: The zone 'eu-central-1z' does not exist."
    said = cloud.refusal(Volume, availabilityZone=ZONE, size=1, type="gp2", throughput=200)
    assert said.startswith("InvalidParameterDependency: The parameter [VolumeType] requires the parameter Throughput")
    [(key, said)] = cloud.kind(Volume).check({"availabilityZone": ZONE, "size": 70000})
    assert (key, said) == ("size", "InvalidParameterValue: Volume of 70000GiB is not within 1-65536GiB")


def test_a_volume_is_attached_in_its_zone_and_once(cloud: clouds.Judged) -> None:
    id, first, second = volume(cloud), instance(cloud), instance(cloud)
    far = instance(cloud, f"{clouds.REGION}b")
    wanted = {"deviceName": "/dev/sdf", "volumeId": id}
    assert cloud.refusal(VolumeAttachment, **wanted, instanceId=far) == (
        f"InvalidVolume.ZoneMismatch: The volume '{id}' is not in the same availability zone as instance '{far}'"
    )
    attach(cloud, id, first)
    assert cloud.refusal(VolumeAttachment, **wanted, instanceId=second) == (
        f"VolumeInUse: {id} is already attached to an instance ({first})"
    )
    other = volume(cloud)
    assert "Attachment point /dev/sdf is already in use" in cloud.refusal(
        VolumeAttachment, deviceName="/dev/sdf", volumeId=other, instanceId=first
    )
    [(key, _)] = cloud.kind(VolumeAttachment).check({"deviceName": "/dev/nvme1n1"})
    assert key == "deviceName"


def test_a_volume_in_use_is_not_deleted_and_a_mounted_one_not_detached(
    cloud: clouds.Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, server = volume(cloud), instance(cloud)
    link = attach(cloud, id, server)
    with pytest.raises(RehearsalError, match=f"VolumeInUse: Volume {id} is currently attached to {server}"):
        cloud.kind(Volume).delete(id, {})
    number = os.stat(node(cloud, id)).st_rdev
    line = f"9 8 {os.major(number)}:{os.minor(number)} / /srv/app/media rw - ext4 /dev/x rw"
    monkeypatch.setattr(machines, "mounts", lambda home, device: [line])
    with pytest.raises(RehearsalError, match="'busy'"):
        cloud.kind(VolumeAttachment).delete(link, {})
    assert node(cloud, id).exists()


def test_a_machine_is_halted_first_where_that_is_asked_for_and_stays_down(
    cloud: clouds.Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    halted: list[str] = []
    monkeypatch.setattr(machines, "halt", lambda home, device: halted.append(device))
    id, server = volume(cloud), instance(cloud)
    cloud.kind(VolumeAttachment).delete(attach(cloud, id, server), {"stopInstanceBeforeDetaching": True})
    facts = cloud.ledger.need(tokens.INSTANCE, server).facts
    assert halted == [facts["device"]] and facts["stopped"] is True


def test_a_last_snapshot_stays_where_it_is_asked_for(cloud: clouds.Judged) -> None:
    for wanted in (True, False):
        id = volume(cloud)
        with disks.image(cloud.home, id).open("r+b") as disk:
            disk.write(b"kept")
        cloud.kind(Volume).delete(id, {"finalSnapshot": wanted})
        assert not disks.image(cloud.home, id).exists() and not cloud.ledger.find(tokens.VOLUME, id)
        snapshot = cloud.snapshots / f"{id}.img"
        assert snapshot.exists() is wanted
        if wanted:
            assert begins(snapshot) == b"kept" and snapshot.stat().st_mode & 0o777 == 0o600


def test_an_attachment_ends_with_its_instance(cloud: clouds.Judged) -> None:
    id, server = volume(cloud), instance(cloud)
    link = attach(cloud, id, server)
    kind = cloud.kind(VolumeAttachment)
    assert kind.read(link, {"a": 1}) == {"a": 1}
    cloud.ledger.drop(tokens.INSTANCE, server)
    assert kind.read(link, {}) is None


def test_a_rehearsal_that_is_taken_away_leaves_no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = clouds.quiet(tmp_path)
    disks.create(cloud.home, "vol-1", 1)
    disks.attach(cloud.home, "vol-1", "m1")
    monkeypatch.setattr(network, "close_cloud", lambda home: None)
    teardown.remove(cloud.home)
    listed = subprocess.run(["losetup", "--all"], capture_output=True, text=True, check=True).stdout
    assert str(cloud.home.path) not in listed and not cloud.home.path.exists()
