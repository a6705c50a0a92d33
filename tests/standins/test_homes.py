"""Each stack of each checkout has a slot of its own, and only one `rehearse` at a time."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from rehearsal import homes
from rehearsal.errors import RehearsalError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "slipway" / "rehearsals"


def test_a_stack_keeps_its_slot(root: Path) -> None:
    first = homes.claim(Path("/a"), "local", root)
    assert homes.claim(Path("/a"), "local", root) == first == homes.find(Path("/a"), "local", root)
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o700


def test_other_stacks_and_other_checkouts_have_other_slots(root: Path) -> None:
    taken = [
        homes.claim(Path(project), stack, root) for project, stack in (("/a", "local"), ("/a", "prod"), ("/b", "local"))
    ]
    assert [home.slot for home in taken] == [0, 1, 2]
    assert homes.every(root) == taken


def test_two_slots_share_no_name_and_no_address(root: Path) -> None:
    first, second = homes.claim(Path("/a"), "local", root), homes.claim(Path("/b"), "local", root)
    assert (first.prefix, str(first.network), str(first.outside), str(first.uplink)) == (
        "slw0",
        "198.18.0.0/24",
        "198.18.0.1",
        "198.18.0.2",
    )
    assert second.prefix == "slw1" and not first.network.overlaps(second.network)


def test_a_slot_given_back_is_given_out_again(root: Path) -> None:
    first, _ = homes.claim(Path("/a"), "local", root), homes.claim(Path("/b"), "local", root)
    homes.release(first)
    assert homes.find(Path("/a"), "local", root) is None
    assert homes.claim(Path("/c"), "local", root).slot == 0


def test_the_last_one_takes_the_folders_with_it(root: Path) -> None:
    home = homes.claim(Path("/a"), "local", root)
    homes.release(home)
    assert not root.exists() and root.parent.exists()
    homes.release(home)
    assert not root.exists(), "what is gone already is no failure"


def test_what_a_killed_claim_left_is_no_slot_taken(root: Path) -> None:
    (root / "0").mkdir(parents=True)
    (root / "0" / "identity.new").write_text("{")
    home = homes.claim(Path("/a"), "local", root)
    assert home.slot == 0 and [path.name for path in home.path.iterdir()] == ["identity"]


def test_when_all_slots_are_taken_it_says_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "SLOTS", 1)
    homes.claim(Path("/a"), "local", root)
    with pytest.raises(RehearsalError) as error:
        homes.claim(Path("/b"), "local", root)
    assert str(error.value) == ("All 1 rehearsal slots are taken: `rehearse destroy` the stacks you no longer need.")


def test_a_stack_at_work_names_the_process_that_works_on_it(root: Path) -> None:
    home = homes.claim(Path("/a"), "local", root)
    with home.locked(), pytest.raises(RehearsalError) as error, home.locked():
        pass
    assert str(error.value) == (
        f"Stack local is being rehearsed by process {os.getpid()} already: wait for it, or end it."
    )
    with home.locked():
        pass


def test_a_stack_destroyed_by_another_just_now_is_a_sentence(root: Path) -> None:
    home = homes.claim(Path("/a"), "local", root)
    shutil.rmtree(home.path)
    with pytest.raises(RehearsalError) as error, home.locked():
        pass
    assert str(error.value) == "Stack local was destroyed by another `rehearse` just now: run the command again."


def test_a_damaged_identity_is_named_and_stops_nobody_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = homes.claim(Path("/a"), "local", tmp_path)
    (damaged.path / "identity").write_text("")
    other = homes.claim(Path("/b"), "local", tmp_path)
    assert (other.slot, homes.find(Path("/b"), "local", tmp_path)) == (1, other)
    assert f"{damaged.path / 'identity'} is damaged" in capsys.readouterr().err
