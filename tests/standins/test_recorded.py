"""What the engine's state file says of a rehearsal while nothing runs."""

import json
from pathlib import Path

from rehearsal import session
from rehearsal.homes import Home

STACK = {"type": "pulumi:pulumi:Stack", "urn": "urn:pulumi:prod::slipway::pulumi:pulumi:Stack::slipway-prod"}
SERVER = {"type": "aws:ec2/instance:Instance", "urn": "urn:pulumi:prod::slipway::aws:ec2/instance:Instance::server"}


def rehearsal(folder: Path, *resources: object) -> Home:
    """A rehearsal whose last run left these resources."""
    state = folder / "state" / ".pulumi" / "stacks" / "slipway" / "prod.json"
    state.parent.mkdir(parents=True)
    state.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))
    return Home(project=Path("/p"), stack="prod", slot=7, path=folder)


def test_protected_resources_are_known_by_name(tmp_path: Path) -> None:
    assert session.protected(rehearsal(tmp_path, STACK, {**SERVER, "protect": True})) == ["server"]


def test_an_unprotected_stack_and_one_that_was_never_up_protect_nothing(tmp_path: Path) -> None:
    assert session.protected(rehearsal(tmp_path / "up", STACK, SERVER)) == []
    assert session.protected(Home(project=Path("/p"), stack="prod", slot=7, path=tmp_path / "never")) == []


def test_secret_outputs_are_not_shown(tmp_path: Path) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}
    home = rehearsal(tmp_path, {**STACK, "outputs": {"url": "https://x/", "password": secret}})
    assert session.recorded_outputs(home) == {"url": "https://x/", "password": "[secret]"}
