"""What people read: rich on a terminal, plain and uncut text in a pipe."""

import json as formats
from typing import Any


def json(value: Any) -> None:
    """For programs."""
    print(formats.dumps(value, indent=2, ensure_ascii=False))
