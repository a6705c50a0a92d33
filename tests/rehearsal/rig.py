"""A rehearsal driven from outside, as a user drives it: the command `rehearse` on a copy of this checkout."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from rehearsal import filtering, homes, machines, tokens
from rehearsal.homes import Home
from rehearsal.ledger import Entry, Ledger

REPOSITORY = Path(__file__).resolve().parents[2]
REHEARSE = Path(sys.executable).parent / "rehearse"
UP_SECONDS = 600
STACK = "local"
HOST = "app.slipway.test"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One finished `rehearse`: what it said, and its exit code."""

    code: int
    text: str

    def changes(self) -> dict[str, int]:
        """The engine's own count: created, updated, replaced, deleted, unchanged."""
        block = self.text.rpartition("Resources:")[2]
        return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", block.partition("Duration")[0])}


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Rig:
    """One checkout with one stack."""

    project: Path
    stack: str = STACK

    # The command

    def rehearse(self, *arguments: str, timeout: float = UP_SECONDS) -> Run:
        done = subprocess.run(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Run(code=done.returncode, text=done.stdout)

    def up(self) -> Run:
        """An `up` that must succeed."""
        run = self.rehearse("up")
        assert run.code == 0, run.text
        return run

    def killed(self, sign: str, *arguments: str) -> str:
        """Run `rehearse`, and kill it and the engine, hard, as soon as it prints `sign`; what it had printed."""
        heard = []
        with subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            assert process.stdout
            for line in process.stdout:
                heard.append(line)
                if sign in line:
                    subprocess.run(["pkill", "-KILL", "-s", str(process.pid)], check=False)
        text = "".join(heard)
        assert sign in text, text
        return text

    def command(self, *arguments: str) -> list[str]:
        verb, *rest = arguments
        return [str(REHEARSE), verb, "-s", self.stack, "-C", str(self.project), *rest]

    def configure(self, **values: object) -> None:
        """Set config values of the stack; None takes one away."""
        path = self.project / f"Pulumi.{self.stack}.yaml"
        document = yaml.safe_load(path.read_text())
        for key, value in values.items():
            if value is None:
                document["config"].pop(f"slipway:{key}", None)
            else:
                document["config"][f"slipway:{key}"] = value
        path.write_text(yaml.safe_dump(document))

    @property
    def host(self) -> str:
        """The site's name."""
        settings = yaml.safe_load((self.project / f"Pulumi.{self.stack}.yaml").read_text())
        return str(settings["config"]["slipway:domain"])

    # What the rehearsal has made

    @property
    def home(self) -> Home:
        home = homes.find(self.project, self.stack)
        assert home, f"no rehearsal of {self.project}"
        return home

    def outputs(self) -> dict[str, str]:
        run = subprocess.run(self.command("output", "--json"), capture_output=True, text=True, check=True, timeout=60)
        outputs: dict[str, str] = json.loads(run.stdout)
        return outputs

    @property
    def address(self) -> str:
        """The site's public address."""
        return str(next(self.ledger().of(tokens.EIP)).facts["address"])

    @property
    def root(self) -> Path:
        """The root certificate to trust."""
        return self.home.acme_root

    def device(self, type: str) -> str:
        entry = next(entry for entry in filtering.attached(self.ledger()) if entry.type == type)
        return str(entry.facts["device"])

    def ledger(self) -> Ledger:
        return Ledger(self.home.path / "ledger.json")

    def on_host(self, *argv: str, stdin: str = "") -> str:
        """Run a command on the web machine, as its root, without SSH."""
        return machines.execute(self.home, self.device(tokens.INSTANCE), list(argv), stdin=stdin)

    def on(self, user: str, entry: Entry, sql: str) -> str:
        """Run SQL on a database machine itself, as a user of its own."""
        psql = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        return machines.execute(
            self.home, entry.facts["device"], ["runuser", "-u", user, "--", *psql], stdin=sql
        ).strip()

    # The site

    def get(
        self, path: str = "/", *, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """One request over TLS, the certificate verified against the rehearsal's root."""
        connection = Site(self)
        try:
            connection.request(method, path, body=body or None, headers=headers or {})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            return Answer(status=answer.status, headers={k.lower(): v for k, v in answer.getheaders()}, body=text)
        finally:
            connection.close()


class Site(http.client.HTTPSConnection):
    """HTTPS to the rehearsal's address under the site's name: the computer's own resolver does not know it."""

    def __init__(self, rig: Rig, host: str = "") -> None:
        self.trusted = ssl.create_default_context(cafile=rig.root)
        self.address = rig.address
        super().__init__(host or rig.host, context=self.trusted, timeout=30)

    def connect(self) -> None:
        plug = socket.create_connection((self.address, 443), timeout=30)
        self.sock = self.trusted.wrap_socket(plug, server_hostname=self.host)


@dataclass
class Prober:
    """Sends requests, one after the other on a kept connection, for as long as its body runs; counts what failed."""

    rig: Rig
    path: str = "/admin/login/"
    sent: int = 0
    failed: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Prober:
        self.thread = threading.Thread(target=self._probe)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(1)
        self.ended.set()
        self.thread.join()

    def _probe(self) -> None:
        with contextlib.closing(Site(self.rig)) as site:
            self._ask(site)

    def _ask(self, site: Site) -> None:
        while not self.ended.wait(0.01):
            self.sent += 1
            try:
                site.request("GET", self.path)
                answer = site.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failed.append(str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
                site.close()


def checkout(folder: Path) -> Path:
    """A copy of what git would commit of this checkout, so that its rehearsals are not the developer's own."""
    names = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    return folder


def traces(prefix: str, folder: Path) -> list[str]:
    """Everything of a rehearsal that is still on this computer."""
    listed = {
        "namespace": subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout,
        "interface": subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout,
        "nft table": subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout,
        "mount": Path("/proc/mounts").read_text(),
        "loop device": subprocess.run(["losetup", "--all"], capture_output=True, text=True, check=True).stdout,
        "process": subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout,
    }
    marks = {"mount": str(folder), "loop device": str(folder), "process": f"{prefix}-", "interface": f"{prefix}@"}
    found = [
        f"{what}: {line.strip()}"
        for what, text in listed.items()
        for line in text.splitlines()
        if re.search(
            rf"(?<![\w/]){re.escape(marks.get(what, prefix))}" if what != "mount" else re.escape(marks[what]), line
        )
    ]
    found += [f"control group: {path}" for path in Path("/sys/fs/cgroup").rglob(f"{prefix}-*")]
    return found + ([f"folder: {folder}"] if folder.exists() else [])
