"""What the engine's state file says of a rehearsal while nothing runs."""

import json
from pathlib import Path

import pytest

from rehearsal import recorded
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home

STACK = {"type": "pulumi:pulumi:Stack", "urn": "urn:pulumi:prod::slipway::pulumi:pulumi:Stack::slipway-prod"}
SERVER = {"type": "aws:ec2/instance:Instance", "urn": "urn:pulumi:prod::slipway::aws:ec2/instance:Instance::server"}


# As `pulumi config set --secret` of engine 3.259 encrypted it, with the rehearsal's passphrase.
SALT = "v1:X50MEhjbSho=:v1:+p3lGA1NpvI1SVbM:LchlKitjhXzJl8mEZOd+0MxkjuQnig=="
KEY = "v1:PpFFwu6xtRvmmuYe:IsxbSrROx6jmWh7JLm+Qxudo3L5UodHwug=="


def rehearsal(folder: Path, *resources: object) -> Home:
    """A rehearsal whose last run left these resources."""
    state = folder / "state" / ".pulumi" / "stacks" / "slipway" / "prod.json"
    state.parent.mkdir(parents=True)
    latest = {"resources": resources, "secrets_providers": {"state": {"salt": SALT}}}
    state.write_text(json.dumps({"checkpoint": {"latest": latest}}))
    return Home(project=Path("/p"), stack="prod", slot=7, path=folder)


def test_protected_resources_are_known_by_name(tmp_path: Path) -> None:
    assert recorded.protected(rehearsal(tmp_path, STACK, {**SERVER, "protect": True})) == ["server"]


def test_an_unprotected_stack_and_one_that_was_never_up_protect_nothing(tmp_path: Path) -> None:
    assert recorded.protected(rehearsal(tmp_path / "up", STACK, SERVER)) == []
    assert recorded.protected(Home(project=Path("/p"), stack="prod", slot=7, path=tmp_path / "never")) == []


def test_secret_outputs_are_shown_only_to_who_asks_for_them(tmp_path: Path) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": KEY}
    home = rehearsal(tmp_path, {**STACK, "outputs": {"url": "https://x/", "sizes": {"a": 1}, "key": secret}})
    assert recorded.outputs(home) == {"url": "https://x/", "sizes": {"a": 1}, "key": "[secret]"}
    assert recorded.outputs(home, show_secrets=True) == {"url": "https://x/", "sizes": {"a": 1}, "key": "the key"}


@pytest.mark.parametrize("wanted", ["server", SERVER["urn"], "**::server", "*::aws:ec2/instance:Instance::*"])
def test_a_resource_is_chosen_by_its_name_its_urn_or_a_pattern(tmp_path: Path, wanted: str) -> None:
    assert recorded.chosen(rehearsal(tmp_path, STACK, SERVER), [wanted]) == [SERVER["urn"]]


@pytest.mark.parametrize(
    ("wanted", "hint"), [("servr", "did you mean server?"), ("x::y", "`rehearse preview -s prod` names them.")]
)
def test_a_resource_that_is_not_there_is_not_chosen(tmp_path: Path, wanted: str, hint: str) -> None:
    with pytest.raises(RehearsalError) as error:
        recorded.chosen(rehearsal(tmp_path, STACK, SERVER), [wanted])
    assert str(error.value) == f"Stack prod has no resource {wanted}: {hint}"
