"""systemd's EnvironmentFile syntax, read and written."""

import pytest
from slipway_host.environment import parse, render


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain",
        "two words",
        " blanks around ",
        'say "hi"',
        "it's",
        "back\\slash\\",
        "$HOME `id`",
        "a\nb\n",
        "#no;",
        "é",
    ],
)
def test_any_value_comes_back_as_it_was(value: str) -> None:
    assert parse(render({"BEFORE": "1", "NAME": value, "AFTER": "2"})) == {"BEFORE": "1", "NAME": value, "AFTER": "2"}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b c  ", "b c"),
        ("A='b \\ \"c\"'", 'b \\ "c"'),
        ("A=\"b\"'c'", "bc"),
        ("A=b\\ c", "b c"),
        ("A=b\\\nc", "bc"),
        ('A="b\\\nc"', "bc"),
        ('A="b\\nc"', "b\\nc"),
        ("A=b#c", "b#c"),
        ("A=it's", "it's"),
        ("  A =b", "b"),
        ("A=", ""),
    ],
)
def test_values_are_read_as_systemd_reads_them(line: str, value: str) -> None:
    assert parse(f"# comment\n; another \\\nstill a comment\n\n{line}\nLAST=1\n") == {"A": value, "LAST": "1"}


def test_a_line_without_an_equals_sign_is_passed_over_and_the_later_value_wins() -> None:
    assert parse("nonsense\nA=1\nA=2") == {"A": "2"}
