"""What a host keeps, and what goes once nobody can go back to it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from slipway_host import cli, colours, packages
from slipway_host.activate import activate
from slipway_host.paths import Paths
from slipway_host.prune import prune
from slipway_host.rollback import rollback

from tests.host import host_standins
from tests.host.host_standins import GIVEN, FileServices

NAMES = ("r1", "r2", "r3", "r4")
LONG_AGO = time.time() - 8 * 24 * 3600


def served(root: Path, *names: str) -> tuple[Paths, FileServices]:
    paths, services = host_standins.host(root)
    for name in names:
        host_standins.prepared(paths, name)
        activate(paths, services, name, "d1", GIVEN)
    return paths, services


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_release_removes_what_the_rules_no_longer_keep(root: Path) -> None:
    paths, services = served(root, "r1", "r2")
    paths.rules.write_text(json.dumps({"keep_releases": 2}))
    for name in ("r3", "r4"):
        host_standins.prepared(paths, name)
        activate(paths, services, name, "d1", GIVEN)
    assert there(paths.releases) == ["r3", "r4"]
    assert there(paths.activations) == ["3.env", "4.env"]


def test_what_the_colours_wear_stays_however_old(root: Path) -> None:
    paths, services = served(root, *NAMES)
    rollback(paths, services, "r1", by=None, reason=None)
    prune(paths, 2)
    assert there(paths.releases) == ["r1", "r3", "r4"], "r1 is live, r4 the other colour's"
    assert colours.wears(paths, colours.live(paths)).activation == 5
    assert {"4.env", "5.env"} <= set(there(paths.activations))


def test_a_release_that_was_just_prepared_or_refused_stays(root: Path) -> None:
    paths, _ = served(root, *NAMES)
    host_standins.prepared(paths, "next")
    prune(paths, 2)
    assert there(paths.releases) == ["next", "r3", "r4"]


def test_half_a_release_goes_and_a_stray_file_too(root: Path) -> None:
    paths, services = served(root, "r1")
    (paths.release("half") / "src").mkdir(parents=True)
    (paths.releases / "notes.txt").touch()
    assert cli.main(["prune"], paths, services) == 0
    assert there(paths.releases) == ["r1"]


def test_static_files_go_a_week_after_the_last_release_that_has_them(root: Path) -> None:
    paths, _ = served(root, *NAMES)
    (paths.static / "shared").mkdir()
    (paths.static / "shared/left-over.css").touch()
    prune(paths, 2)
    assert there(paths.static) == ["r1.css", "r2.css", "r3.css", "r4.css"], "visitors may still ask for r1's"
    for name in ("r1", "r3"):
        os.utime(paths.static_list(name), (LONG_AGO, LONG_AGO))
    prune(paths, 2)
    assert there(paths.static) == ["r2.css", "r3.css", "r4.css"], "r3 is kept, however long it has been live"
    assert not paths.manifest("r1").exists() and paths.manifest("r2").exists()


def test_a_file_that_a_kept_release_has_too_stays(root: Path) -> None:
    paths, _ = served(root, *NAMES)
    paths.static_list("r4").write_text(json.dumps(["r1.css", "r4.css"]))
    os.utime(paths.static_list("r1"), (LONG_AGO, LONG_AGO))
    prune(paths, 2)
    assert "r1.css" in there(paths.static)


def test_where_a_kept_release_has_no_list_no_static_file_goes(root: Path) -> None:
    paths, _ = served(root, *NAMES)
    paths.static_list("r4").unlink()
    (paths.static / "unnamed.css").touch()
    prune(paths, 2)
    assert "unnamed.css" in there(paths.static)


def test_a_virtual_environment_goes_with_its_last_release(root: Path) -> None:
    paths, _ = served(root, *NAMES)
    for name in ("of-r1", "of-r4"):
        (paths.venvs / name).mkdir()
        (paths.venvs / name / packages.COMPLETE).touch()
    for name in ("r1", "r4"):
        venv = paths.release(name) / "venv"
        venv.rename(paths.venvs / f"of-{name}/inside")
        venv.symlink_to(paths.venvs / f"of-{name}")
    prune(paths, 2)
    assert there(paths.venvs) == ["of-r4"]


def test_the_upload_of_a_complete_release_goes_and_another_stays(root: Path) -> None:
    paths, _ = served(root, "r1")
    paths.uploads.mkdir(parents=True)
    for name in ("r1", "r2"):
        (paths.uploads / f"{name}.tar.gz").touch()
    prune(paths, 2)
    assert there(paths.uploads) == ["r2.tar.gz"]
