"""Finds in an exception's text what is missing: an environment variable, a module. Pure."""

from __future__ import annotations

import re

# How the usual ways of reading an environment variable fail: os.environ, python-decouple, django-environ, environs.
MISSING = (
    re.compile(r"KeyError: '([A-Z][A-Z0-9_]+)'"),
    re.compile(r"UndefinedValueError: (\w+) not found"),
    re.compile(r"ImproperlyConfigured: Set the (\w+) environment variable"),
    re.compile(r'EnvError: Environment variable "(\w+)" not set'),
    re.compile(
        r"(?:ImproperlyConfigured|ValueError|RuntimeError|Exception|EnvironmentError|OSError|AssertionError):"
        r".*?\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b.*\b(?:environment|env|not set|missing|required|undefined)\b"
    ),
)
# Gone from the standard library with Python 3.12 and 3.13 (PEP 594).
REMOVED = re.compile(
    r"asynchat|asyncore|distutils|imp|smtpd|aifc|audioop|cgi|cgitb|chunk|crypt|imghdr|mailcap|msilib|nis|nntplib"
    r"|ossaudiodev|pipes|sndhdr|spwd|sunau|telnetlib|uu|xdrlib"
)


def variable(error: str) -> str | None:
    """The environment variable whose absence an exception (`Type: text`) tells of."""
    for pattern in MISSING:
        found = pattern.search(error)
        if found:
            return found[1]
    return None


def module(error: str) -> str | None:
    """The end of a sentence about a module that cannot be imported, None where that is not the error."""
    found = re.search(r"ModuleNotFoundError: No module named '([^']+)'", error)
    if not found:
        return None
    if REMOVED.fullmatch(found[1].partition(".")[0]):
        return f"need the module {found[1]}, which newer Pythons no longer have: say in requires-python which they fit."
    return f"need the module {found[1]}, which the project's requirements do not install: add it to them."
