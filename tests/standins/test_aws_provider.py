"""The AWS provider's own settings: the account it may work in, and the tags that everything gets."""

import importlib
import inspect
import json
import re
import warnings
from collections.abc import Iterator

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from rehearsal.providers.assembly import aws_stand_in, cloud_kinds
from rehearsal.providers.values import Values, to_struct
from tests.standins import clouds
from tests.standins.provider_calls import Changes, Provider, refusal, serving

VPC = "aws:ec2/vpc:Vpc"


@pytest.fixture
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with serving(aws_stand_in(clouds.quiet(tmp_path_factory.mktemp("cloud")))) as provider:
        yield provider


def configure(aws: Provider, **settings: object) -> None:
    """As the engine does it: all but plain text is JSON."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in settings.items()}
    aws.stub.Configure(provider_pb2.ConfigureRequest(args=to_struct(texts), acceptSecrets=True))


def failures(aws: Provider, **settings: object) -> list[str]:
    texts = {key: json.dumps(value) for key, value in settings.items()}
    answer = aws.stub.CheckConfig(provider_pb2.CheckRequest(news=to_struct(texts)))
    return [f"{failure.property}: {failure.reason}" for failure in answer.failures]


def test_an_account_that_is_not_allowed_is_refused_before_anything_else(aws: Provider) -> None:
    configure(aws, region="eu-central-1", allowedAccountIds=["123456789012"])
    for settings in ({"allowedAccountIds": ["210987654321"]}, {"forbiddenAccountIds": ["123456789012"]}):
        with pytest.raises(grpc.RpcError) as error:
            configure(aws, **settings)
        assert refusal(error) == "AWS account ID not allowed: 123456789012"


def test_another_region_is_refused(aws: Provider) -> None:
    with pytest.raises(grpc.RpcError) as error:
        configure(aws, region="us-east-1")
    assert refusal(error) == "The rehearsal's cloud has the region eu-central-1 alone, not us-east-1."


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            {"allowedAccountIds": ["12345"]},
            "allowedAccountIds: '12345' is no AWS account ID: it has 12 digits; write it in quotes",
        ),
        ({"defaultTags": {"project": "a"}}, "defaultTags: it holds one mapping, under `tags`, of tag keys to values"),
        (
            {"defaultTags": {"tags": {"aws:mine": "a"}}},
            "defaultTags: tag 'aws:mine': keys that begin with aws: are AWS's own",
        ),
    ],
)
def test_settings_that_make_no_sense(aws: Provider, settings: Values, problem: str) -> None:
    assert failures(aws, **settings) == [problem]


def test_default_tags_lie_under_a_resource_s_own(aws: Provider) -> None:
    configure(aws, defaultTags={"tags": {"project": "slipway", "stack": "dev"}})
    inputs = {"cidrBlock": "10.0.0.0/16", "tags": {"stack": "mine"}}
    _, outputs = aws.create(VPC, inputs, preview=True)
    assert outputs["tagsAll"] == {"project": "slipway", "stack": "mine"}
    _, outputs = aws.create("aws:ec2/route:Route", {"routeTableId": "r"}, preview=True)
    assert "tagsAll" not in outputs, "a route has no tags"


def test_another_default_tag_updates_what_has_tags(aws: Provider) -> None:
    configure(aws, defaultTags={"tags": {"revision": "2"}})
    state = {"cidrBlock": "10.0.0.0/16", "tagsAll": {"revision": "1"}}
    assert aws.diff(VPC, state, {"cidrBlock": "10.0.0.0/16"}) == Changes(some=True, replaces=[])
    state["tagsAll"] = {"revision": "2"}
    assert aws.diff(VPC, state, {"cidrBlock": "10.0.0.0/16"}).some is False


def test_who_and_where_we_are(aws: Provider) -> None:
    assert aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "123456789012"
    assert aws.invoke("aws:index/getRegion:getRegion", {})["region"] == "eu-central-1"
    assert aws.invoke("aws:index/getPartition:getPartition", {})["partition"] == "aws"


def test_a_stand_in_takes_no_input_that_pulumi_aws_has_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    for kind in cloud_kinds(clouds.quiet(tmp_path_factory.mktemp("cloud"))):
        place, _, name = kind.type.removeprefix("aws:").partition(":")
        package, module = place.split("/")
        file = re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", module)
        with warnings.catch_warnings():
            # pulumi_aws warns of types of its own that it has renamed.
            warnings.simplefilter("ignore", DeprecationWarning)
            arguments = getattr(importlib.import_module(f"pulumi_aws.{package}.{file}"), f"{name}Args")
        known = {_camel(word) for word in inspect.signature(arguments.__init__).parameters}
        assert (kind.required | kind.optional) <= known, kind.type


def _camel(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)
