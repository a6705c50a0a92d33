"""A rehearsal works on a copy of the settings: secrets are generated anew, and committed files stay as they are."""

import stat
from pathlib import Path

import pytest
import yaml

from rehearsal import stage
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home

SETTINGS = """\
encryptionsalt: v1:real
config:
  aws:region: eu-central-1
  slipway:domain: example.test
  slipway:adminCidrs: [192.0.2.0/24]
  slipway:acmeEmail: {secure: v1:abc}
  slipway:appSecrets:
    PLAIN: x
    API_KEY: {secure: v1:def}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "project").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "project" / "Pulumi.yaml").write_text("name: slipway\nruntime: python\n")
    (tmp_path / "project" / "Pulumi.prod.yaml").write_text(SETTINGS)
    return Home(project=tmp_path / "project", stack="prod", slot=0, path=tmp_path / "home")


def refusal(home: Home) -> str:
    with pytest.raises(RehearsalError) as error:
        stage.prepare(home)
    return str(error.value)


def test_it_tells_the_engine_what_it_needs(home: Home) -> None:
    made = stage.prepare(home)
    assert (made.project, made.region, made.admin_cidrs) == ("slipway", "eu-central-1", ("192.0.2.0/24",))


def test_secrets_are_generated_and_the_same_at_every_run(home: Home) -> None:
    made = stage.prepare(home).secrets
    assert sorted(made) == ["slipway:acmeEmail", 'slipway:appSecrets["API_KEY"]']
    assert len(set(made.values())) == 2 and all(len(value) == 64 for value in made.values())
    assert stage.prepare(home).secrets == made
    assert not any(value in repr(stage.prepare(home)) for value in made.values())


def test_another_rehearsal_has_other_secrets(home: Home) -> None:
    made = stage.prepare(home).secrets
    (home.path / "salt").unlink()
    assert set(stage.prepare(home).secrets.values()).isdisjoint(made.values())


def test_the_copy_holds_no_secret_and_not_the_real_stack_s_salt(home: Home) -> None:
    stage.prepare(home)
    copy = stage.work_dir(home) / "Pulumi.prod.yaml"
    assert yaml.safe_load(copy.read_text()) == {
        "config": {
            "aws:region": "eu-central-1",
            "slipway:domain": "example.test",
            "slipway:adminCidrs": ["192.0.2.0/24"],
            "slipway:appSecrets": {"PLAIN": "x"},
        }
    }
    for path in (copy, home.path / "salt"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_rehearsal_s_own_salt_is_kept(home: Home) -> None:
    stage.prepare(home)
    copy = stage.work_dir(home) / "Pulumi.prod.yaml"
    copy.write_text("encryptionsalt: v1:own\n" + copy.read_text())
    stage.prepare(home)
    assert yaml.safe_load(copy.read_text())["encryptionsalt"] == "v1:own"


def test_committed_files_are_not_touched(home: Home) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in home.project.iterdir()}
    stage.prepare(home)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in home.project.iterdir()} == before


def test_a_stack_without_a_file_is_told_which_there_are(home: Home) -> None:
    (home.project / "Pulumi.prod.yaml").rename(home.project / "Pulumi.dev.yaml")
    assert refusal(home) == (
        f"Pulumi.prod.yaml is not in {home.project}: name a stack that has a file (Pulumi.dev.yaml), "
        "or run this in the folder that holds Pulumi.yaml."
    )


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("Pulumi.prod.yaml", "", "Pulumi.prod.yaml holds no settings: it must be a YAML mapping."),
        ("Pulumi.prod.yaml", "config: [a]\n", "Pulumi.prod.yaml: config is no mapping of keys to values."),
        (
            "Pulumi.prod.yaml",
            "config:\n  a: b: c\n",
            "Pulumi.prod.yaml, line 2 is not valid YAML: mapping values are not allowed here.",
        ),
        (
            "Pulumi.prod.yaml",
            "config:\n  slipway:domain: a\n",
            "Pulumi.prod.yaml sets no aws:region: add it under config, such as eu-central-1.",
        ),
        (
            "Pulumi.yaml",
            "runtime: python\n",
            "Pulumi.yaml gives the project no name: add one, such as `name: slipway`.",
        ),
    ],
)
def test_bad_input_is_one_sentence(home: Home, file: str, text: str, said: str) -> None:
    (home.project / file).write_text(text)
    assert refusal(home) == said


def test_a_stack_file_that_is_not_text_is_one_sentence(home: Home) -> None:
    (home.project / "Pulumi.prod.yaml").write_bytes(b"\xff\xfe")
    assert refusal(home) == "Pulumi.prod.yaml is not UTF-8 text: save it as such."
