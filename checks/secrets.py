"""Whether a stack's file has a secret in clear text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

KEY = "slipway:appSecrets"
REMEDY = "give it with pulumi config set --secret --path 'slipway:appSecrets.{name}', and change it: it has been read."


def clear_secrets(stack: str, folder: Path) -> list[str]:
    """A finding for each of appSecrets that stands in Pulumi.STACK.yaml of the folder in clear text.

    The engine cannot say: to it all of appSecrets is secret once one of them is.
    """
    secrets = config(folder / f"Pulumi.{stack}.yaml").get(KEY)
    if not isinstance(secrets, Mapping):
        return []
    return [
        f"{KEY}.{name} stands in Pulumi.{stack}.yaml in clear text; {REMEDY.format(name=name)}"
        for name, value in secrets.items()
        if not (isinstance(value, Mapping) and set(value) == {"secure"})
    ]


def config(path: Path) -> dict[str, Any]:
    """What a stack's file says; nothing where there is none: the engine may have been given another."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    found = document.get("config") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}
