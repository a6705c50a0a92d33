"""Ask moto, which knows AWS's rules, before anything real happens: its refusals are AWS's own words."""

import threading
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from rehearsal.errors import RehearsalError
from rehearsal.ledger import Ledger
from rehearsal.providers import account as accounts
from rehearsal.providers.account import NOBODY, Account
from rehearsal.providers.asking import ASK
from rehearsal.providers.values import Values


class Judge:
    """An account of moto's that holds what the ledger holds; a refusal is RehearsalError in AWS's words."""

    def __init__(self, ledger: Ledger, region: str, number: str = NOBODY) -> None:
        self.ledger, self.region, self.number = ledger, region, number
        self.lock = threading.Lock()
        self.account: Account | None = None
        self.mock: AbstractContextManager[Any] | None = None

    def create(self, type: str, inputs: Values) -> str:
        """The id of the new resource, as AWS would have named it."""
        with self.lock:
            account = self.account or self._replay({})
            try:
                id = _in_words_of_aws(ASK[type], account, inputs)
            except RehearsalError:
                # A request of several parts may have been refused in its second.
                self.account = None
                raise
            account.ids[id] = id
            return id

    def change(self, type: str, id: str, inputs: Values) -> None:
        """Whether a resource may have these inputs from now on: asked of a new account that has had no others."""
        entry = self.ledger.find(type, id)
        if type in ASK and not (entry and _untagged(entry.facts["inputs"]) == _untagged(inputs)):
            with self.lock:
                self.account = None
                self._replay({(type, id): inputs})

    def forget(self) -> None:
        """Something was deleted: the next question is asked of a new account."""
        with self.lock:
            self.account = None

    def close(self) -> None:
        """Let go of botocore, which moto answers for since the first question."""
        with self.lock:
            self.account = None
            if self.mock:
                self.mock.__exit__(None, None, None)
                self.mock = None

    def _replay(self, changed: dict[tuple[str, str], Values]) -> Account:
        # A second and a half to import: only a run that creates something pays for it.
        mock = accounts.mock(self.number)
        # moto warns of its own gaps, such as an EC2 error in an answer of RDS.
        warnings.filterwarnings("ignore", category=UserWarning, module="moto")
        if self.mock:
            self.mock.__exit__(None, None, None)
        self.mock = mock
        self.mock.__enter__()
        account = Account(region=self.region)
        # By type, not by age: an old resource may have been changed to refer to a younger one. Without the ledger's
        # lock, which whoever waits for an answer may hold.
        entries = list(self.ledger.entries.values())
        for type, ask in ASK.items():
            for entry in entries:
                if entry.type == type:
                    inputs = changed.get((type, entry.id)) or entry.facts["inputs"]
                    account.ids[entry.id] = _in_words_of_aws(ask, account, inputs)
        self.account = account
        return account


def _untagged(inputs: Values) -> Values:
    """What an account is asked about: a tag is not."""
    return {key: value for key, value in inputs.items() if key not in ("tags", "volumeTags")}


def _in_words_of_aws(ask: Callable[[Account, Values], str], account: Account, inputs: Values) -> str:
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        return ask(account, inputs)
    except ClientError as refusal:
        error = refusal.response["Error"]
        raise RehearsalError(f"{error['Code']}: {error['Message']}") from None
    except ParamValidationError as refusal:
        raise RehearsalError(str(refusal)) from None
