"""The stand-in cloud's memory is whole on disk at any time, and root's alone."""

import os
import stat
from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.ledger import Ledger


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    ledger = Ledger(path)
    ledger.put("subnet", "subnet-2", {"zone": "b"})
    ledger.put("subnet", "subnet-1", {"zone": "a"})
    ledger.drop("subnet", "subnet-0")
    again = Ledger(path)
    assert [entry.id for entry in again.of("subnet")] == ["subnet-2", "subnet-1"], "in the order they were made"
    assert [entry.id for entry in again.of("subnet", zone="a")] == ["subnet-1"]
    assert again.need("subnet", "subnet-1").facts == {"zone": "a"}


def test_it_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger.json").put("subnet", "subnet-1", {})
    assert stat.S_IMODE((tmp_path / "ledger.json").stat().st_mode) == 0o600


def test_a_crash_while_it_is_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.json"
    ledger = Ledger(path)
    ledger.put("subnet", "subnet-1", {})

    def crash(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        ledger.put("subnet", "subnet-2", {})
    assert [entry.id for entry in Ledger(path).of("subnet")] == ["subnet-1"]


def test_what_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match=r"^subnet subnet-1 does not exist\.$"):
        Ledger(tmp_path / "ledger.json").need("subnet", "subnet-1")


@pytest.mark.parametrize("text", ["", '[{"id": "subnet-1", "ty', '[{"id": "subnet-1"}]', "[7]"])
def test_one_that_is_damaged_is_named_with_the_way_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ledger.json"
    path.write_text(text)
    with pytest.raises(RehearsalError, match=r"ledger\.json is damaged: `rehearse destroy --discard` for its stack"):
        Ledger(path)


def test_what_an_older_slipway_did_not_note_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    Ledger(path).put("instance", "i-1", {"machine": "server"})
    facts = Ledger(path).need("instance", "i-1").facts
    assert (facts["machine"], facts.get("size")) == ("server", None)
    with pytest.raises(RehearsalError) as caught:
        facts["size"]
    assert str(caught.value) == (
        "The rehearsal's memory of instance i-1 lacks 'size', as an older Slipway left it: "
        "`rehearse destroy --discard` for its stack, then `rehearse up`."
    )
