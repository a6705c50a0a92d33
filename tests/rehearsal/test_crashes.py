"""Killed at any point, the next run puts things right. In a checkout of its own: it begins and ends with nothing."""

from pathlib import Path

from rehearsal import homes
from tests.rehearsal.rig import Rig, checkout, traces


def test_up_killed_at_several_points_then_up_and_down_killed_then_down(tmp_path: Path) -> None:
    rig = Rig(checkout(tmp_path))
    try:
        for sign in ("Instance server-instance creating", "system-packages creating", "release-activate creating"):
            rig.killed(sign, "up")
        run = rig.up()
        assert rig.get().status == 200, run.text
        assert set(rig.up().changes()) == {"unchanged"}
        home = rig.home
        rig.killed("deleting", "destroy")
        run = rig.rehearse("destroy")
        assert run.code == 0, run.text
        assert traces(home.prefix, home.path) == []
    finally:
        if homes.find(rig.project, rig.stack):
            rig.rehearse("destroy", "--discard")
