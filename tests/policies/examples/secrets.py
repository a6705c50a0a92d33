"""Secrets are in secret inputs, and those are where they are expected."""

from tests.policies.example import Example

COMMAND = "command:remote:Command"
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----"

EXAMPLES = (
    Example(
        rule="secrets-wrapped",
        type=COMMAND,
        good={"connection": {"privateKey": KEY}, "create": "true"},
        bad={"connection": {"privateKey": KEY}, "create": "true"},
        secret_inputs=frozenset({"connection"}),
        sentence="it shows a secret in connection; wrap it in Output.secret.",
    ),
    Example(
        rule="secrets-wrapped",
        type=COMMAND,
        good={"stdin": "postgresql://app:hidden@db/app", "create": "cat"},
        bad={"create": "psql postgresql://app:hidden@db/app"},
        secret_inputs=frozenset({"stdin"}),
        sentence="it shows a secret in create; wrap it in Output.secret.",
    ),
)
