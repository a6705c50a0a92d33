"""Values on their way into shell scripts and environment files."""

from __future__ import annotations

import re
import subprocess

import pytest
from jinja2 import UndefinedError

from components.rendering import render_text, systemd_quote
from tests.unit.awkward import AWKWARD


def read_as_systemd(text: str) -> dict[str, str]:
    """The assignments of an EnvironmentFile, for the double-quoted form alone, by systemd.exec(5) and env-file.c.

    Between double quotes a backslash escapes one of `"\\`$`, joins a line with the next, and else stands for itself.
    """
    values = {}
    for name, quoted in re.findall(r'^([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"$', text, re.MULTILINE | re.DOTALL):
        values[name] = re.sub(r'\\(["\\`$])', r"\1", quoted.replace("\\\n", ""))
    return values


@pytest.mark.parametrize("value", AWKWARD)
def test_a_value_comes_back_from_an_environment_file_as_it_went_in(value: str) -> None:
    text = render_text("slipway-host/colour.env.j2", variables={"BEFORE": "1", "VALUE": value, "AFTER": "2"})
    assert read_as_systemd(text) == {"BEFORE": "1", "VALUE": value, "AFTER": "2"}


def test_the_four_special_signs_are_escaped_and_nothing_else() -> None:
    assert systemd_quote("a\"b\\c`d$e%f'g") == '"a\\"b\\\\c\\`d\\$e%f\'g"'


@pytest.mark.parametrize("value", AWKWARD)
def test_a_value_reaches_a_command_as_one_word(value: str) -> None:
    text = render_text("slipway-host/prepare.sh.j2", release="r", archive="a", manage=value, settings=value, wsgi="")
    shown = subprocess.run(
        ["sh", "-c", text.replace("slipway-host prepare", "printf '%s\\0'", 1)], check=True, capture_output=True
    )
    words = shown.stdout.decode().split("\0")[:-1]
    expected = ["--release", "r", "--archive", "a", "--manage", value]
    assert words == expected + (["--settings", value] if value else [])


def test_a_name_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="release"):
        render_text("slipway-host/activate.sh.j2", config_digest="x")
