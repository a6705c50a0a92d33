"""CPU credits of the burstable families."""

from __future__ import annotations

import re

# EC2 User Guide, "Key concepts for burstable performance instances", credit table: CPU credits earned per hour.
EARNED_PER_HOUR: dict[str, dict[str, float]] = {
    "t2": {"nano": 3, "micro": 6, "small": 12, "medium": 24, "large": 36, "xlarge": 54, "2xlarge": 81.6},
    "t3": {"nano": 6, "micro": 12, "small": 24, "medium": 24, "large": 36, "xlarge": 96, "2xlarge": 192},
}


def credits_per_hour(instance_type: str) -> float | None:
    """Credits that a type, or an RDS class with its `db.`, earns in an hour; None where nothing is earned."""
    family, _, size = instance_type.removeprefix("db.").partition(".")
    if not re.fullmatch(r"t[234][ag]?", family):
        return None
    return EARNED_PER_HOUR["t2" if family == "t2" else "t3"].get(size)  # t3, t3a and t4g earn alike
