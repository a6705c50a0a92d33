"""The syntax of systemd's EnvironmentFile=, which is not a shell's and not dotenv's (systemd.exec(5))."""

from __future__ import annotations

from collections.abc import Mapping

ESCAPABLE = '"\\`$'  # SHELL_NEED_ESCAPE: what a backslash escapes between double quotes.


def render(values: Mapping[str, str]) -> str:
    """One assignment a line, double-quoted; any value, line breaks included, comes back from `parse` as it was."""
    return "".join(f'{name}="{escape(value)}"\n' for name, value in values.items())


def escape(value: str) -> str:
    return "".join("\\" + character if character in ESCAPABLE else character for character in value)


def parse(text: str) -> dict[str, str]:
    """The variables as systemd would set them. Later ones win."""
    values: dict[str, str] = {}
    position = 0
    while position < len(text):
        if text[position] in " \t\r\n":
            position += 1
        elif text[position] in "#;":
            position = end_of_line(text, position)
        else:
            equals = text.find("=", position)
            if equals < 0 or "\n" in text[position:equals]:
                position = end_of_line(text, position)
                continue
            value, after = read_value(text, equals + 1)
            values[text[position:equals].strip()] = value
            position = after
    return values


def split(text: str, name: str) -> tuple[str, str | None]:
    """The environment file without the variable `name`, and what it said."""
    values = parse(text)
    if name not in values:
        return text, None
    value = values.pop(name)
    return render(values), value


def end_of_line(text: str, position: int) -> int:
    """The end of a comment's line: a backslash continues a comment too."""
    while position < len(text) and text[position] != "\n":
        position += 2 if text[position] == "\\" else 1
    return position


def read_value(text: str, position: int) -> tuple[str, int]:
    """The value that starts at `position`, and where its line ends. Quoted and bare parts may follow each other."""
    value, quote, solid = "", "", 0  # `solid`: how much of the value trailing blanks must not be stripped from
    while position < len(text) and text[position] in " \t":
        position += 1
    while position < len(text):
        character, following = text[position], text[position + 1 : position + 2]
        position += 1
        if quote:
            if character == quote:
                quote, solid = "", len(value)
            elif character == "\\" and quote == '"' and following:
                value += following if following in ESCAPABLE else "" if following == "\n" else character + following
                position += 1
            else:
                value += character
        elif character == "\n":
            break
        elif character in "\"'" and value[solid:].strip(" \t") == "":
            quote, value = character, value[:solid]
        elif character == "\\" and following:
            value += "" if following == "\n" else following
            position += 1
            solid = len(value)
        else:
            value += character
    return value[:solid] + value[solid:].rstrip(" \t\r"), position
