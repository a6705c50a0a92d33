"""How long each part of a deployment took, from the engine's own events."""

import time
from dataclasses import dataclass, field

from pulumi.automation import EngineEvent, OpType


@dataclass
class Timing:
    """Collects when each component's first step began and its last one ended, and what went wrong."""

    spans: dict[str, tuple[float, float]] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)

    def __call__(self, event: EngineEvent) -> None:
        """Listen to one event."""
        begun, ended = event.resource_pre_event, event.res_outputs_event
        step = begun or ended
        if step and step.metadata.op not in (OpType.SAME, OpType.READ):
            part = _part(step.metadata)
            if part:
                first, _ = self.spans.get(part, (time.monotonic(), 0.0))
                self.spans[part] = (first, time.monotonic())
        if (said := event.diagnostic_event) and said.severity == "error" and said.message.strip():
            self.errors.append(((said.urn or "").split("::")[-1], said.message.strip()))
        if event.summary_event:
            self.changes = {str(op): count for op, count in (event.summary_event.resource_changes or {}).items()}

    def table(self) -> list[tuple[str, float]]:
        """(component, seconds from its first step's start to its last one's end), in order of their start."""
        return [(part, end - start) for part, (start, end) in sorted(self.spans.items(), key=lambda item: item[1])]


def _part(metadata: object) -> str:
    """The component that a step's resource belongs to."""
    state = getattr(metadata, "new", None) or getattr(metadata, "old", None)
    parent = getattr(state, "parent", "") or ""
    return "" if not parent or "pulumi:pulumi:Stack" in parent.split("::")[2].split("$")[-1] else parent.split("::")[-1]
