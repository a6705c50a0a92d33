"""Ask moto, which knows AWS's rules, before anything real happens: its refusals are AWS's own words."""

import functools
import os
import threading
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from rehearsal.errors import RehearsalError
from rehearsal.ledger import Ledger
from rehearsal.providers.account import ASK, Account
from rehearsal.providers.values import Values


class Judge:
    """An account of moto's that holds what the ledger holds; a refusal is RehearsalError in AWS's words."""

    def __init__(self, ledger: Ledger, region: str) -> None:
        self.ledger, self.region = ledger, region
        self.lock = threading.Lock()
        self.account: Account | None = None
        self.mock: AbstractContextManager[Any] | None = None

    def create(self, type: str, inputs: Values) -> str:
        """The id of the new resource, as AWS would have named it."""
        with self.lock:
            account = self.account or self._replay({})
            id = _in_words_of_aws(ASK[type], account, inputs)
            account.ids[id] = id
            return id

    def change(self, type: str, id: str, inputs: Values) -> None:
        """Whether a resource may have these inputs from now on: asked of a new account that has had no others."""
        if type in ASK:
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
        _leave_aws_settings()
        from moto import mock_aws

        # moto warns of its own gaps, such as an EC2 error in an answer of RDS.
        warnings.filterwarnings("ignore", category=UserWarning, module="moto")
        if self.mock:
            self.mock.__exit__(None, None, None)
        self.mock = mock_aws()
        self.mock.__enter__()
        account = Account(ec2=client("ec2", self.region), rds=client("rds", self.region))
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


@functools.cache
def client(service: str, region: str) -> Any:
    """boto3's client, made once: it serves one account of moto's after the other."""
    import boto3

    return boto3.client(service, region)


def _in_words_of_aws(ask: Callable[[Account, Values], str], account: Account, inputs: Values) -> str:
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        return ask(account, inputs)
    except ClientError as refusal:
        error = refusal.response["Error"]
        raise RehearsalError(f"{error['Code']}: {error['Message']}") from None
    except ParamValidationError as refusal:
        raise RehearsalError(str(refusal)) from None


def _leave_aws_settings() -> None:
    """Whatever this computer says about the real AWS, a profile or an endpoint, must neither help nor hinder."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_ACCESS_KEY_ID="rehearsal",
        AWS_SECRET_ACCESS_KEY="rehearsal",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
