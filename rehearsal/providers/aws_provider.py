"""The AWS provider's own configuration: which accounts it may work in, and the tags it gives everything."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.rpc import UNKNOWN

from rehearsal.providers.kind import Kind
from rehearsal.providers.standin import Lookup, StandIn
from rehearsal.providers.values import Values, from_struct, reveal, unknown

ACCOUNT_NUMBER = re.compile(r"\d{12}")
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256


class AwsStandIn(StandIn):
    """pulumi-aws's stand-in, in one account and region."""

    def __init__(
        self, version: str, kinds: Iterable[Kind], lookups: dict[str, Lookup], *, region: str, account: str
    ) -> None:
        super().__init__("aws", version, kinds, lookups)
        self.region, self.account = region, account
        self.default_tags: Values = {}

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        settings = _settings(request.news)
        return provider_pb2.CheckResponse(
            inputs=request.news,
            failures=[provider_pb2.CheckFailure(property=key, reason=reason) for key, reason in problems(settings)],
        )

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Refused for an account or a region that the rehearsal is not in, as AWS's credentials would be."""
        settings = _settings(request.args)
        allowed = [str(number) for number in settings.get("allowedAccountIds", [])]
        forbidden = [str(number) for number in settings.get("forbiddenAccountIds", [])]
        if (allowed and self.account not in allowed) or self.account in forbidden:
            context.abort(grpc.StatusCode.UNKNOWN, f"AWS account ID not allowed: {self.account}")
        if (region := settings.get("region", self.region)) != self.region:
            context.abort(
                grpc.StatusCode.UNKNOWN, f"The rehearsal's cloud has the region {self.region} alone, not {region}."
            )
        self.default_tags = settings.get("defaultTags", {}).get("tags", {})
        return super().Configure(request, context)

    def given(self, kind: Kind, inputs: Values) -> Values:
        """Every tag of a resource that can be tagged: the default ones under its own."""
        if "tags" not in kind.optional:
            return {}
        own = reveal(inputs.get("tags", {}))
        return {"tagsAll": UNKNOWN if own == UNKNOWN else {**self.default_tags, **own}}


def problems(settings: Values) -> Iterator[tuple[str, str]]:
    """What pulumi-aws or AWS would refuse of the provider's settings."""
    for key in ("allowedAccountIds", "forbiddenAccountIds"):
        for number in settings.get(key, []):
            if not ACCOUNT_NUMBER.fullmatch(str(number)):
                yield key, f"{number!r} is no AWS account ID: it has 12 digits; write it in quotes"
    tags = settings.get("defaultTags", {})
    if set(tags) - {"tags"} or not isinstance(tags.get("tags", {}), dict):
        yield "defaultTags", "it holds one mapping, under `tags`, of tag keys to values"
        return
    yield from (("defaultTags", problem) for problem in tag_problems(tags.get("tags", {})))


def tag_problems(tags: Values) -> Iterator[str]:
    if len(tags) > MOST_TAGS:
        yield f"{len(tags)} tags are more than the {MOST_TAGS} of a resource"
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            yield f"tag {key!r}: keys that begin with aws: are AWS's own"
        if not 1 <= len(key) <= LONGEST_KEY or len(str(value)) > LONGEST_VALUE:
            yield f"tag {key!r}: a key has at most {LONGEST_KEY} characters, a value {LONGEST_VALUE}"


def _settings(message: Any) -> Values:
    """The provider's settings: the engine sends all but plain text as JSON. Unknown ones are left out."""
    settings = {key: value for key, value in reveal(from_struct(message)).items() if not unknown(value)}
    return {key: _decoded(value) for key, value in settings.items()}


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(("[", "{", '"')):
        return value
    return json.loads(value)
