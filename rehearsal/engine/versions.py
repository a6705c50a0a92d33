"""Which versions of pulumi and of Go: read from go.mod, so that each is written down once."""

import re
from pathlib import Path

MODULE = Path(__file__).parent
# Older engines do not take providers that are attached, nor resource types as the pinned SDKs send them.
OLDEST_PULUMI = (3, 250, 0)

Version = tuple[int, int, int]


def pinned_pulumi() -> str:
    """The version of pulumi that go.mod pins, without its `v`."""
    return _search(r"^\s*github\.com/pulumi/pulumi/pkg/v3 v(\S+)")


def oldest_go() -> str:
    """The oldest Go that compiles it: the `go` line of go.mod."""
    return _search(r"^go (\S+)$")


def parse(text: str) -> Version | None:
    """The first version in a command's output: `v3.259.0`, `go1.26`; None if there is none."""
    if found := re.search(r"(?:^|\b|v|go)(\d+)\.(\d+)(?:\.(\d+))?", text):
        return int(found[1]), int(found[2]), int(found[3] or 0)
    return None


def written(version: Version) -> str:
    """As people write it: `3.250.0`."""
    return ".".join(map(str, version))


def _search(pattern: str) -> str:
    found = re.search(pattern, (MODULE / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise ValueError(f"rehearsal/engine/go.mod has no line like {pattern}.")
    return found[1]
