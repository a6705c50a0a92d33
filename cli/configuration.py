"""A number in a stack's configuration: the official command's to keep, or for a rehearsal, in the stack's file."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cli import engines, stackfile
from cli.errors import Failure
from cli.processes import started
from cli.stacks import Stack

ABSENT = "not found"


@dataclass(frozen=True, kw_only=True)
class Number:
    """One key of `slipway:`, an integer with a default in Pulumi.yaml."""

    stack: Stack
    key: str
    default: int = 1

    @property
    def name(self) -> str:
        return f"slipway:{self.key}"

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self.stack.folder / f"Pulumi.{self.stack.name}.yaml"

    def get(self) -> int:
        text = str(self._document().get(self.name, self.default)) if self.stack.rehearsed else self._asked()
        if not text.isdecimal():
            raise Failure(f"{self.name} is {text!r} in {self.file.name}, which is no number: correct it.")
        return int(text)

    def set(self, value: int) -> "Change":
        before, text = self.get(), self.text()
        if self.stack.rehearsed:
            self.write(stackfile.changed(text, self.name, value))
        else:
            self._pulumi("set", self.name, str(value))
        return Change(number=self, value=before, old=text, new=self.text())

    def text(self) -> str:
        try:
            return self.file.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"{self.file.name} cannot be read ({error}): correct it.") from None

    def write(self, text: str) -> None:
        """Whole or not at all."""
        new = self.file.with_name(f".{self.file.name}.new")
        new.write_text(text)
        shutil.copymode(self.file, new)
        new.replace(self.file)

    def _document(self) -> dict[str, Any]:
        try:
            document = yaml.safe_load(self.text())
        except yaml.YAMLError as error:
            raise Failure(f"{self.file.name} is not valid YAML ({error}): correct it.") from None
        config: dict[str, Any] = (document or {}).get("config") or {}
        return config

    def _asked(self) -> str:
        code, said, complaint = self._run("get", self.name)
        if code and ABSENT in complaint:
            return str(self.default)
        if code:
            raise Failure(f"`pulumi config get {self.name}` failed: {' '.join(complaint.split())}")
        return said.strip()

    def _pulumi(self, *arguments: str) -> None:
        code, _, complaint = self._run(*arguments)
        if code:
            raise Failure(f"`pulumi config {' '.join(arguments)}` failed: {' '.join(complaint.split())}")

    def _run(self, *arguments: str) -> tuple[int, str, str]:
        where = ["--stack", self.stack.name, "--cwd", str(self.stack.folder), "--non-interactive"]
        command = [engines.CLOUD.program, "config", *arguments, *where]
        with started(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            said, complaint = process.communicate()
        return process.returncode, said, complaint


@dataclass(frozen=True, kw_only=True)
class Change:
    """A number that was set, what it was, and the file before and after."""

    number: Number
    value: int
    old: str
    new: str

    def undo(self) -> None:
        """Puts the file back; where somebody has written to it since, the number alone."""
        if self.number.text() == self.new:
            self.number.write(self.old)
        else:
            self.number.set(self.value)
