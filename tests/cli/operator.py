"""`slipway` as a person runs it, on a stack whose host is an SSH server of this computer."""

from __future__ import annotations

import getpass
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.standins.sshd import Sshd

SLIPWAY = Path(sys.executable).with_name("slipway")
SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Run:
    """One finished `slipway`."""

    code: int
    out: str
    err: str


@dataclass(kw_only=True)
class Operator:
    """A checkout with a stack `prod` in the cloud. `host` holds what the commands on the host do."""

    folder: Path
    sshd: Sshd
    outputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outputs = {
            "url": "https://www.example.org/",
            "ssh": f"ssh://{getpass.getuser()}@127.0.0.1:{self.sshd.port}",
            "hostKey": self.sshd.host_key,
            "deployKey": self.sshd.private_key,
        }
        (self.folder / "Pulumi.yaml").touch()
        self.bin.mkdir(exist_ok=True)
        self.program("sudo", 'shift; exec "$@"')
        self.stack()

    @property
    def bin(self) -> Path:
        """The programs of this computer and, before its own, of the host."""
        return self.folder / "bin"

    def program(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f"#!/bin/bash\n{script}\n")
        (self.bin / name).chmod(0o755)

    def stack(self, **outputs: str) -> None:
        """The outputs that `pulumi` tells of the stack."""
        self.outputs.update(outputs)
        (self.folder / "outputs.json").write_text(json.dumps(self.outputs))
        self.program("pulumi", f"cat {self.folder}/outputs.json")

    def host_says(self, text: str, code: int = 0) -> None:
        """What `slipway-host` prints from now on, whatever it is asked; it keeps its arguments."""
        (self.folder / "says").write_text(text)
        self.program("slipway-host", f'printf "%s\\n" "$@" > {self.folder}/asked; cat {self.folder}/says; exit {code}')

    @property
    def asked(self) -> list[str]:
        """The arguments that `slipway-host` was last called with."""
        return (self.folder / "asked").read_text().splitlines()

    def slipway(self, *arguments: str, stdin: str = "") -> Run:
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env=self.environment,
        )
        return Run(code=done.returncode, out=done.stdout, err=done.stderr)

    def interrupted(self, *arguments: str, after: str) -> Run:
        """Ctrl-C, as soon as the command has printed `after`."""
        with subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=self.environment,
        ) as process:
            assert process.stdout
            heard = ""
            while after not in heard:
                line = process.stdout.readline()
                assert line, heard
                heard += line
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=SECONDS)
        return Run(code=process.returncode, out=heard + out, err=err)

    def command(self, *arguments: str) -> list[str]:
        verb, *rest = arguments
        return [str(SLIPWAY), verb, "-s", "prod", "-C", str(self.folder), "--cloud", *rest]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}"}
