"""Somebody who waits sees one changing line on a terminal, and a line every few seconds in a log."""

import io
import threading

import pytest

from rehearsal.progress import Progress


class Screen(io.StringIO):
    """A stream that is a terminal, and tells when something was written."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal
        self.written = threading.Event()

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> int:
        count = super().write(text)
        self.written.set()
        return count


def watched(screen: Screen) -> str:
    """What a long step shows from its first sign of life to its end."""
    with Progress(screen, interval=0.01).during(lambda: "Building: 3 of 9"):
        assert screen.written.wait(10), "there was no sign of life"
    return screen.getvalue()


def test_a_log_gets_whole_lines() -> None:
    shown = watched(Screen(terminal=False))
    assert set(shown.splitlines()) == {"Building: 3 of 9 (0 s)"}
    assert shown.endswith("\n")


def test_a_terminal_gets_one_line_that_is_rewritten_and_removed_at_the_end() -> None:
    shown = watched(Screen(terminal=True))
    assert "\n" not in shown
    assert shown.startswith("\r\x1b[KBuilding: 3 of 9 (0 s)")
    assert shown.endswith("\r\x1b[K")


def test_a_line_on_a_terminal_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    assert watched(Screen(terminal=True)).startswith("\r\x1b[KBuilding: 3\r")


def test_a_lasting_line_replaces_the_changing_one() -> None:
    screen = Screen(terminal=True)
    Progress(screen)("Done.")
    assert screen.getvalue() == "\r\x1b[KDone.\n"
