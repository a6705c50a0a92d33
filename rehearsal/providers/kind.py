"""What a stand-in has to say of one resource type."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar

from rehearsal.providers.values import Values


class Kind(ABC):
    """One resource type: the inputs it takes, what changes mean, and what really happens.

    A problem found in `check` is yielded as (input, sentence); the methods that act raise RehearsalError.
    """

    type: ClassVar[str]
    required: ClassVar[frozenset[str]] = frozenset()
    optional: ClassVar[frozenset[str]] = frozenset()
    # Sets of optional inputs, of each of which exactly one must be given.
    one_of: ClassVar[tuple[frozenset[str], ...]] = ()
    replaces: ClassVar[frozenset[str]] = frozenset()
    computed: ClassVar[frozenset[str]] = frozenset()
    # Those of the computed outputs that any update may change.
    fleeting: ClassVar[frozenset[str]] = frozenset()
    delete_first: ClassVar[bool] = False

    def defaults(self, name: str, inputs: Values, old: Values, seed: bytes) -> Values:
        """Inputs the real provider fills in by itself, such as a physical name; `old` are the last run's."""
        return {}

    def needs(self, inputs: Values) -> frozenset[str]:
        """The inputs it cannot do without, given these; unknown ones are there."""
        return self.required

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        """What AWS would refuse, from the inputs alone; unknown ones are not there."""
        yield from ()

    def replaced_by(self, changed: Iterable[str], inputs: Values) -> list[str]:
        """Those of the changed inputs that cannot change in place."""
        return [key for key in changed if key in self.replaces]

    @abstractmethod
    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        """Make it; its id and computed outputs."""

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        """Change it in place; its computed outputs. `old` are its last outputs, secret marks included."""
        return {key: old[key] for key in self.computed if key in old}

    def read(self, id: str, state: Values) -> Values | None:
        """Its outputs as they are now, None if it is gone."""
        return state

    def delete(self, id: str, state: Values) -> None:
        """Take it away; what is gone already is no failure."""
        return None


def physical_name(name: str, old: Values, key: str, seed: bytes) -> str:
    """The name pulumi-aws gives a resource that has none: the logical name, a dash, seven hexadecimal digits."""
    kept = old.get(key)
    return kept if isinstance(kept, str) else f"{name}-{seed.hex()[:7]}"
