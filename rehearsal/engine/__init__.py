"""The `pulumi` command that runs the rehearsals: found, downloaded or built, and kept apart from the user's own."""

from rehearsal.engine.finding import find_or_build
from rehearsal.engine.isolation import environment

__all__ = ["environment", "find_or_build"]
