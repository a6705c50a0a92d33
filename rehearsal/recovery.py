"""Put right what a crash or a reboot left: machines that are down, things the stack's state does not know of."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rehearsal import disks, filtering, machines, network, tokens
from rehearsal.ledger import damaged
from rehearsal.providers.assembly import cloud_kinds
from rehearsal.providers.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was put right, and whether the engine must look at the cloud anew before it plans."""

    sentences: tuple[str, ...]
    refresh: bool


def recover(cloud: Cloud, checkpoint: Path) -> Findings:
    """Make machines, ledger and the engine's state agree again. `checkpoint` is the stack's state file."""
    # Only one `rehearse` works on a stack (Home.locked), so a lock of the engine's is a dead one's.
    shutil.rmtree(checkpoint.parents[2] / "locks", ignore_errors=True)
    known = _known(checkpoint)
    sentences = [*_drop_orphans(cloud, known), *_drop_pending(checkpoint)]
    kinds = {kind.type: kind for kind in cloud_kinds(cloud)}
    lost = []
    for type, id, urn in known:
        if type in kinds and kinds[type].read(id, {}) is None:
            # What is left of it, such as the wires of a machine whose disk is gone.
            kinds[type].delete(id, {"skipFinalSnapshot": True, "forceDetachPolicies": True})
            lost.append(urn)
    sentences += [f"{urn.split('::')[-1]} is gone from the cloud." for urn in lost]
    for entry in cloud.ledger.of(tokens.VOLUME_ATTACHMENT):
        # This computer's own restart takes its loop devices away.
        instance = cloud.ledger.need(tokens.INSTANCE, entry.facts["instance"])
        disks.attach(cloud.home, entry.facts["volume"], instance.facts["device"])
    sentences += _restart(cloud)
    return Findings(sentences=tuple(sentences), refresh=bool(lost))


def _known(checkpoint: Path) -> list[tuple[str, str, str]]:
    """(type, id, URN) of every resource in the engine's state."""
    if not checkpoint.exists():
        return []
    try:
        latest = json.loads(checkpoint.read_text())["checkpoint"].get("latest") or {}
    except ValueError:
        raise damaged(checkpoint) from None
    return [(row["type"], row.get("id", ""), row["urn"]) for row in latest.get("resources") or []]


def _drop_orphans(cloud: Cloud, known: Iterable[tuple[str, str, str]]) -> list[str]:
    """What was made and never reached the state: the run that made it was killed."""
    ids = {(type, id) for type, id, _ in known}
    kinds = {kind.type: kind for kind in cloud_kinds(cloud)}
    orphans = [entry for key, entry in cloud.ledger.entries.items() if key not in ids]
    for entry in reversed(orphans):
        kinds[entry.type].delete(entry.id, {"skipFinalSnapshot": True, "forceDetachPolicies": True})
    return [f"Removed {entry.type.split(':')[-1]} {entry.id}, left by a run that was killed." for entry in orphans]


def _drop_pending(checkpoint: Path) -> list[str]:
    """Operations the engine had begun: their resources were removed as orphans, or are in the state."""
    if not checkpoint.exists():
        return []
    document = json.loads(checkpoint.read_text())
    latest = document["checkpoint"].get("latest") or {}
    pending = latest.pop("pending_operations", None)
    if not pending:
        return []
    draft = checkpoint.with_suffix(".new")
    draft.write_text(json.dumps(document))
    draft.chmod(0o600)
    draft.rename(checkpoint)
    return []


def _restart(cloud: Cloud) -> list[str]:
    """Boot machines that should be up and are not: this computer was restarted, or something ended them."""
    home, down = cloud.home, []
    for entry in filtering.attached(cloud.ledger):
        device = entry.facts["device"]
        if entry.facts.get("stopped") or machines.running(home, device) or not machines.folder(home, device).exists():
            continue
        down.append(entry)
        cloud.plug(
            device,
            entry.facts["address"],
            cloud.ledger.need(tokens.SUBNET, entry.facts["subnet"]).facts["cidr"],
        )
        machines.boot(home, device)
    if down:
        network.apply(home, cloud.ledger)
    return [f"Started machine {entry.id}, which was down." for entry in down]
