"""KMS: keys whose policies decide which services may encrypt with them."""

from collections.abc import Iterator

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.providers.aws_identity import policy_problems
from rehearsal.providers.cloud import Cloud, CloudKind
from rehearsal.providers.kind import physical_name
from rehearsal.providers.policies import Context, allows
from rehearsal.providers.values import Values

# docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html and deleting-keys.html
LARGEST_KEY_POLICY = 32768
SHORTEST_WINDOW_DAYS, LONGEST_WINDOW_DAYS = 7, 30
# What a service asks of a key to encrypt with it.
ENCRYPTION = ("kms:GenerateDataKey", "kms:Decrypt")


class Key(CloudKind):
    type = tokens.KMS_KEY
    arn = "arn:aws:kms:{region}:{account}:key/{id}"
    optional = frozenset(
        {
            "bypassPolicyLockoutSafetyCheck",
            "customerMasterKeySpec",
            "deletionWindowInDays",
            "description",
            "enableKeyRotation",
            "isEnabled",
            "keyUsage",
            "multiRegion",
            "policy",
            "rotationPeriodInDays",
            "tags",
        }
    )
    replaces = frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion"})
    computed = frozenset({"arn", "keyId"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from policy_problems(inputs, "policy", LARGEST_KEY_POLICY)
        window = inputs.get("deletionWindowInDays", LONGEST_WINDOW_DAYS)
        if not SHORTEST_WINDOW_DAYS <= window <= LONGEST_WINDOW_DAYS:
            yield "deletionWindowInDays", f"{window} is not in the range {SHORTEST_WINDOW_DAYS}-{LONGEST_WINDOW_DAYS}"

    def outputs(self, id: str, inputs: Values) -> Values:
        return super().outputs(id, inputs) | {"keyId": id}


class Alias(CloudKind):
    type = tokens.KMS_ALIAS
    arn = "arn:aws:kms:{region}:{account}:{id}"
    required = frozenset({"targetKeyId"})
    optional = frozenset({"name"})
    replaces = frozenset({"name"})
    computed = frozenset({"arn", "targetKeyArn"})

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        return {"name": physical_name(f"alias/{name}", old, "name", seed)}

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        name = str(inputs.get("name", "alias/a"))
        if not name.startswith("alias/") or name.startswith("alias/aws/"):
            yield "name", f"{name!r} must begin with 'alias/' and not with 'alias/aws/'"

    def outputs(self, id: str, inputs: Values) -> Values:
        key = inputs["targetKeyId"].split("/")[-1]
        target = Key(self.cloud).arn_of(key)
        return super().outputs(id, inputs) | {"targetKeyArn": target}


def key_policy(cloud: Cloud, key: str) -> str | None:
    """The policy of a key, by its id, ARN or alias; None for a key whose policy is AWS's own default.

    RehearsalError if there is no such key.
    """
    if "alias/" in key:
        alias = cloud.ledger.need(tokens.KMS_ALIAS, key[key.index("alias/") :])
        key = alias.facts["inputs"]["targetKeyId"]
    entry = cloud.ledger.find(tokens.KMS_KEY, key.split("/")[-1])
    if entry is None:
        raise RehearsalError(f"NotFoundException: Key '{key}' does not exist")
    policy = entry.facts["inputs"].get("policy")
    return str(policy) if policy else None


def may_encrypt(cloud: Cloud, key: str, service: str, context: Context) -> bool:
    """Whether a service may encrypt with the key. AWS's own default policy lets none in but through IAM."""
    policy = key_policy(cloud, key)
    return policy is not None and all(
        allows([policy], action, service=service, context=context) for action in ENCRYPTION
    )


KINDS = (Key, Alias)
