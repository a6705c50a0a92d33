"""What ends a command before its work is done."""


class Failure(Exception):
    """What the operator can mend: one sentence that says what is wrong, where, and what to do."""


class Interrupted(BaseException):
    """A signal asked us to end. Not a KeyboardInterrupt: typer would make another exit code of it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
