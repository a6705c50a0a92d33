"""One empty AWS account of moto's: AWS's rules without AWS, asked as AWS is asked."""

import functools
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers import api_model
from rehearsal.providers.values import Values

# The account that AWS's own documentation uses: nobody's.
NOBODY = "123456789012"


@dataclass
class Account:
    """An account in a region, and what our ids are called in it."""

    region: str
    ids: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return client(service, self.region)

    def id(self, ours: str) -> str:
        return self.ids.get(ours, ours)


# How a resource with these inputs is asked for; the answer is its id.
Ask = Callable[[Account, Values], str]


@functools.cache
def client(service: str, region: str) -> Any:
    """boto3's client, made once: it serves one account of moto's after the other.

    Whatever AWS's own description of the service forbids is refused.
    """
    import boto3

    made = boto3.client(service, region)
    # EC2 refuses such values in words of its own, which moto knows.
    if service != "ec2":
        made.meta.events.register(f"before-parameter-build.{service}", api_model.refuse)
    return made


def mock(number: str) -> AbstractContextManager[Any]:
    """moto in place of AWS, for the account of that number, until it is left."""
    _leave_aws_settings()
    os.environ["MOTO_ACCOUNT_ID"] = number
    from moto import mock_aws

    # Amazon's own policies are there, as in any account.
    return mock_aws(config={"iam": {"load_aws_managed_policies": True}})


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
