"""What ends a command before its work is done."""


class Failure(Exception):
    """What the operator can mend: one sentence that says what is wrong, where, and what to do."""


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C. Not a KeyboardInterrupt: typer would make another exit code of it."""
