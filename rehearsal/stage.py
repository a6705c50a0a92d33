"""A rehearsal's own copy of the stack's settings, so that a committed file is never touched."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rehearsal.errors import RehearsalError
from rehearsal.homes import Home


def work_dir(home: Home) -> Path:
    return home.path / "work"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What the engine runs: the Pulumi project's name, the stack's AWS region and who may reach SSH."""

    project: str
    region: str
    admin_cidrs: tuple[str, ...]


def prepare(home: Home) -> Stage:
    """Copy Pulumi.yaml and the stack's file into the rehearsal's work folder.

    Secrets that only the real stack's key can open are replaced by generated ones, the same at every run.
    """
    folder = work_dir(home)
    folder.mkdir(exist_ok=True, mode=0o700)
    project = _read(home.project / "Pulumi.yaml")
    settings = _read(home.project / f"Pulumi.{home.stack}.yaml")
    salt = home.path / "salt"
    if not salt.exists():
        salt.touch(mode=0o600)
        salt.write_text(secrets.token_hex(16))
    config = {key: _open(value, f"{salt.read_text()}/{key}") for key, value in (settings.get("config") or {}).items()}
    if not isinstance(region := config.get("aws:region"), str):
        raise RehearsalError(f"Pulumi.{home.stack}.yaml sets no aws:region: add it under config, such as eu-central-1.")
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False))
    written = folder / f"Pulumi.{home.stack}.yaml"
    kept = _read(written).get("encryptionsalt") if written.exists() else None
    document = {**({"encryptionsalt": kept} if kept else {}), "config": config}
    written.write_text(yaml.safe_dump(document, sort_keys=False))
    name = str(project["name"])
    admin = config.get(f"{name}:adminCidrs")
    return Stage(project=name, region=region, admin_cidrs=tuple(map(str, admin)) if isinstance(admin, list) else ())


def _open(value: Any, seed: str) -> Any:
    """A config value without what only the real stack can decrypt."""
    if isinstance(value, dict) and set(value) == {"secure"}:
        return hmac.new(seed.encode(), digestmod=hashlib.sha256).hexdigest()
    if isinstance(value, dict):
        return {key: _open(item, f"{seed}/{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_open(item, f"{seed}/{place}") for place, item in enumerate(value)]
    return value


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        known = sorted(file.name for file in path.parent.glob("Pulumi.*.yaml"))
        raise RehearsalError(
            f"{path.name} is not in {path.parent}: name a stack that has a file ({', '.join(known) or 'none has'}), "
            "or run this in the folder that holds Pulumi.yaml."
        ) from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise RehearsalError(f"{path.name}{line} is not valid YAML: {getattr(error, 'problem', error)}.") from None
    if not isinstance(document, dict):
        raise RehearsalError(f"{path.name} holds no settings: it must be a YAML mapping.")
    return document
