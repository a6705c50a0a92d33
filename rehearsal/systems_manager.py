"""Systems Manager for machines whose agent reports: which of them a session can be had with."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.credentials import Mint
from rehearsal.ledger import Ledger
from rehearsal.providers.policies import allows
from rehearsal.reported import must, policies_of
from rehearsal.signatures import Refused, verified

# What the agent has to be allowed for its channels (Service Authorization Reference, Amazon Message Gateway Service).
CHANNELS = tuple(f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data"))
# An agent that has not reported for so long is not connected. The stand-in agent reports every other second.
FRESH_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class SystemsManager:
    """The part of Systems Manager that sessions need, in one region; what it heard lies below `folder`."""

    folder: Path
    region: str

    def hear(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """One request of an agent's; Refused carries AWS's code and words."""
        mint = Mint(path=self.folder / "services" / "credentials.key")
        instance = verified(mint, "ssm", self.region, headers, body)
        action = headers.get("x-amz-target", "").partition(".")[2]
        must(policies_of(self._ledger(), instance), f"ssm:{action}", "*")
        if action != "UpdateInstanceInformation":
            raise Refused("UnknownOperationException", f"the stand-in for Systems Manager has no {action}")
        if json.loads(body).get("InstanceId") != instance:
            raise Refused("InvalidInstanceId", "an agent reports its own instance alone")
        mark = self._mark(instance)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return {}

    def connected(self, instance: str) -> bool:
        """Whether the instance's agent reported just now, and its role allows it the channels of a session."""
        mark = self._mark(instance)
        fresh = mark.exists() and time.time() - mark.stat().st_mtime < FRESH_SECONDS
        return fresh and all(allows(policies_of(self._ledger(), instance), action) for action in CHANNELS)

    def _mark(self, instance: str) -> Path:
        return self.folder / "reported" / "agents" / instance

    def _ledger(self) -> Ledger:
        return Ledger(self.folder / "ledger.json")
