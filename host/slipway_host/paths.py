"""Every place on the server that slipway-host reads or writes, under a root that tests may move."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

COLOURS = ("blue", "green")


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The layout of a host. Project code runs as `user`, as `migrator` while it changes tables, and packages are built
    as `builder`; None leaves it to the caller's account."""

    root: Path = Path("/")
    user: str | None = "app"
    migrator: str | None = "app-migrate"  # in the group of `user`, which may read releases
    builder: str | None = "app-build"  # in the same group
    uv: Path = Path("/opt/slipway/uv")
    python: Path = Path(sys.executable)
    nginx: tuple[str, int] = ("127.0.0.1", 443)
    library: Path = Path(__file__).resolve().parent.parent

    @property
    def app(self) -> Path:
        return self.root / "srv/app"

    @property
    def releases(self) -> Path:
        return self.app / "releases"

    @property
    def venvs(self) -> Path:
        """Virtual environments that releases with the same packages share."""
        return self.app / "venvs"

    @property
    def uploads(self) -> Path:
        return self.root / "var/tmp/slipway"

    @property
    def static(self) -> Path:
        return self.app / "static"

    @property
    def media(self) -> Path:
        return self.app / "media"

    @property
    def manifests(self) -> Path:
        """One manifest of hashed static files a release: their files lie side by side in `static`."""
        return self.app / "manifests"

    @property
    def commands(self) -> Path:
        """What runs beside each release, one file a release."""
        return self.app / "commands"

    @property
    def staging(self) -> Path:
        """Where collectstatic of the release in hand writes, as `migrator`, before root publishes it."""
        return self.app / "staging"

    @property
    def live(self) -> Path:
        return self.app / "live"

    @property
    def history(self) -> Path:
        return self.app / "releases.json"

    @property
    def maintenance(self) -> Path:
        return self.app / "maintenance"

    @property
    def in_maintenance(self) -> Path:
        """A link to the page's folder: nginx shows it while the link is there (site.conf)."""
        return self.maintenance / "on"

    @property
    def underway(self) -> Path:
        """The entry of an activation that has not ended: what a cut off one was about."""
        return self.app / "underway.json"

    @property
    def notes(self) -> Path:
        """What the step of that activation has told so far."""
        return self.app / "underway.notes"

    @property
    def held(self) -> Path:
        return self.app / "held.json"

    @property
    def settings(self) -> Path:
        return self.root / "etc/slipway"

    @property
    def activations(self) -> Path:
        return self.settings / "activations"

    @property
    def rules(self) -> Path:
        return self.settings / "rules.json"

    @property
    def live_environment(self) -> Path:
        """A link to the environment file of the live colour: processes and scheduled commands run with it."""
        return self.settings / "live.env"

    @property
    def running(self) -> Path:
        """What each process and timer was last started with."""
        return self.settings / "running.json"

    @property
    def cache(self) -> Path:
        return self.root / "var/cache/slipway"

    @property
    def access_log(self) -> Path:
        return self.root / "var/log/nginx/access.log"

    @property
    def lock(self) -> Path:
        return self.root / "run/slipway.lock"

    def release(self, release: str) -> Path:
        return self.releases / release

    def manifest(self, release: str) -> Path:
        return self.manifests / f"{release}.json"

    def activation(self, number: int) -> Path:
        """The environment file of one activation, for as long as it can be gone back to."""
        return self.activations / f"{number}.env"

    def static_list(self, release: str) -> Path:
        """The names of all static files of a release."""
        return self.manifests / f"{release}.files"

    def colour(self, colour: str) -> Path:
        return self.app / colour

    def environment(self, colour: str) -> Path:
        """A link to the environment file of the activation that the colour wears."""
        return self.settings / f"{colour}.env"
