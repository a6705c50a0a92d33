"""The one exception that reaches a person: its text is the whole message."""


class RehearsalError(Exception):
    """One sentence: which host, file or resource, what is wrong, what to do."""
