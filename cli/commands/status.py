"""`slipway status`: what serves, since when, and what is amiss."""

from cli import hosts
from cli.options import HERE, AsJson, Folder, Side, Stack


def status(stack: Stack, cwd: Folder = HERE, rehearsal: Side = None, as_json: AsJson = False) -> None:
    """What is live, held back and running on the host, its disk and its certificate."""
    from cli import terminal

    with hosts.reached(stack, cwd, rehearsal) as host:
        seen = host.ask("status", "--json")
    terminal.json(seen)
