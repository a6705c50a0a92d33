"""pulumi-random's RandomPassword and RandomId."""

import base64
import secrets
from collections.abc import Iterator
from typing import ClassVar

from rehearsal.providers.kind import Kind
from rehearsal.providers.values import Values, secret

LOWER, UPPER, DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
# The provider's documented default.
SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


class RandomPassword(Kind):
    type = "random:index/randomPassword:RandomPassword"
    required = frozenset({"length"})
    optional = frozenset(
        {
            "keepers", "lower", "minLower", "minNumeric", "minSpecial", "minUpper",
            "numeric", "overrideSpecial", "special", "upper",
        }
    )  # fmt: skip
    replaces = required | optional
    computed = frozenset({"result"})
    sets: ClassVar[dict[str, str]] = {"lower": LOWER, "upper": UPPER, "numeric": DIGITS, "special": SPECIAL}

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if inputs.get("length", 1) < 1:
            yield "length", f"expected length to be at least 1, got {inputs['length']}"
        if "length" in inputs and not any(inputs.get(key, True) for key in self.sets):
            yield "length", "at least one of lower, upper, numeric and special must be true"
        least = sum(inputs.get(f"min{key.capitalize()}", 0) for key in self.sets)
        if 1 <= inputs.get("length", least) < least:
            yield "length", f"{inputs['length']} is less than the {least} characters that the minimums ask for"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        alphabets = {
            key: (inputs.get("overrideSpecial") or alphabet) if key == "special" else alphabet
            for key, alphabet in self.sets.items()
            if inputs.get(key, True)
        }
        picked = [
            secrets.choice(alphabet)
            for key, alphabet in alphabets.items()
            for _ in range(inputs.get(f"min{key.capitalize()}", 0))
        ]
        everything = "".join(alphabets.values())
        picked += [secrets.choice(everything) for _ in range(inputs["length"] - len(picked))]
        secrets.SystemRandom().shuffle(picked)
        return "none", {"result": secret("".join(picked))}


class RandomId(Kind):
    """Some bytes that no one else has drawn, in every notation the provider knows."""

    type = "random:index/randomId:RandomId"
    required = frozenset({"byteLength"})
    optional = frozenset({"keepers", "prefix"})
    replaces = required | optional
    computed = frozenset({"b64Std", "b64Url", "dec", "hex"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if inputs.get("byteLength", 1) < 1:
            yield "byteLength", f"expected byteLength to be at least 1, got {inputs['byteLength']}"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        drawn, prefix = secrets.token_bytes(inputs["byteLength"]), inputs.get("prefix", "")
        id = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
        notations = {
            "b64Std": base64.b64encode(drawn).decode(),
            "b64Url": id,
            "dec": str(int.from_bytes(drawn)),
            "hex": drawn.hex(),
        }
        return id, {key: prefix + text for key, text in notations.items()}


KINDS = (RandomPassword, RandomId)
