"""What a second run does: nothing where nothing changed, one step where one value did, and the site never notices."""

import contextlib
import time

from rehearsal import network
from rehearsal.errors import RehearsalError
from tests.rehearsal.rig import Prober, Rig


def test_up_without_a_change_changes_nothing_and_opens_no_ssh_connection(rig: Rig) -> None:
    before = network.ssh_connections(rig.home)
    run = rig.up()
    assert set(run.changes()) == {"unchanged"}
    assert "No changes, no SSH connections" in run.text
    assert network.ssh_connections(rig.home) == before


def test_another_number_of_workers_is_one_step_and_no_lost_request(rig: Rig) -> None:
    rig.configure(workers=2)
    with Prober(rig) as prober:
        run = rig.up()
    rig.configure(workers=None)
    changes = run.changes()
    changes.pop("unchanged")
    assert changes == {"updated": 1}
    assert "release-activate updating" in run.text
    assert prober.sent > 100 and prober.failed == []


def test_a_changed_page_is_a_new_release_and_no_lost_request(rig: Rig) -> None:
    template = next((rig.project / "example").rglob("templates/**/*.html"))
    text = template.read_text()
    template.write_text(text.replace("Guestbook", "Book of guests"))
    before = rig.outputs()["release"]
    with Prober(rig) as prober:
        rig.up()
    assert rig.outputs()["release"] != before
    assert "Book of guests" in rig.get().body
    assert prober.sent > 100 and prober.failed == []
    template.write_text(text)


def test_after_a_reboot_the_live_colour_serves_again(rig: Rig) -> None:
    before = rig.on_host("stat", "--format=%Z", "/proc/1")
    rig.on_host("systemctl", "reboot")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, RehearsalError):
            if rig.on_host("stat", "--format=%Z", "/proc/1") != before and rig.get().status == 200:
                break
        time.sleep(0.2)
    else:
        raise AssertionError("the site did not come back within a minute")


def test_a_refresh_finds_everything_as_the_state_has_it(rig: Rig) -> None:
    run = rig.rehearse("refresh")
    assert run.code == 0 and set(run.changes()) == {"unchanged"}, run.text
