"""A rehearsal's own copy of the stack's settings, so that a committed file is never touched."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rehearsal.errors import RehearsalError
from rehearsal.homes import Home
from rehearsal.providers.account import NOBODY


def work_dir(home: Home) -> Path:
    return home.path / "work"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What the engine runs: the Pulumi project's name, the AWS region and account, who may reach SSH, and the
    generated secrets.

    A secret's key is its path, as `pulumi config set --path` takes it.
    """

    project: str
    region: str
    account: str
    admin_cidrs: tuple[str, ...]
    secrets: dict[str, str] = field(repr=False)


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
        _write(salt, secrets.token_hex(16))
    if not isinstance(name := project.get("name"), str):
        raise RehearsalError("Pulumi.yaml gives the project no name: add one, such as `name: slipway`.")
    committed = settings.get("config") or {}
    if not isinstance(committed, dict):
        raise RehearsalError(f"Pulumi.{home.stack}.yaml: config is no mapping of keys to values.")
    config = _plain(committed)
    generated = {
        path: hmac.new(salt.read_bytes(), path.encode(), hashlib.sha256).hexdigest()
        for key, value in committed.items()
        for path in _secure(value, key)
    }
    if not isinstance(region := config.get("aws:region"), str):
        raise RehearsalError(f"Pulumi.{home.stack}.yaml sets no aws:region: add it under config, such as eu-central-1.")
    _write(folder / "Pulumi.yaml", yaml.safe_dump(project, sort_keys=False))
    written = folder / f"Pulumi.{home.stack}.yaml"
    kept = _read(written).get("encryptionsalt") if written.exists() else None
    document = {**({"encryptionsalt": kept} if kept else {}), "config": config}
    _write(written, yaml.safe_dump(document, sort_keys=False))
    admin = config.get(f"{name}:adminCidrs")
    cidrs = tuple(map(str, admin)) if isinstance(admin, list) else ()
    # A rehearsal's account is one that the stack lets itself be made in.
    allowed = config.get("aws:allowedAccountIds")
    account = str(allowed[0]) if isinstance(allowed, list) and allowed else NOBODY
    return Stage(project=name, region=region, account=account, admin_cidrs=cidrs, secrets=generated)


def _plain(value: Any) -> Any:
    """A config value without what only the real stack can decrypt."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if not _is_secure(item)}
    return [_plain(item) for item in value if not _is_secure(item)] if isinstance(value, list) else value


def _secure(value: Any, path: str) -> Iterator[str]:
    """The path of every encrypted value, as `pulumi config set --path` writes it."""
    if _is_secure(value):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _secure(item, f'{path}["{key}"]')
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _secure(item, f"{path}[{place}]")


def _is_secure(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"secure"}


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and for this user alone: a run that is killed leaves nothing the next one stumbles over."""
    draft = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as sink:
        sink.write(text)
    draft.rename(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        known = sorted(file.name for file in path.parent.glob("Pulumi.*.yaml"))
        raise RehearsalError(
            f"{path.name} is not in {path.parent}: name a stack that has a file ({', '.join(known) or 'none has'}), "
            "or run this in the folder that holds Pulumi.yaml."
        ) from None
    except UnicodeDecodeError:
        raise RehearsalError(f"{path.name} is not UTF-8 text: save it as such.") from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise RehearsalError(f"{path.name}{line} is not valid YAML: {getattr(error, 'problem', error)}.") from None
    if not isinstance(document, dict):
        raise RehearsalError(f"{path.name} holds no settings: it must be a YAML mapping.")
    return document
