"""The four stand-ins, put together for one cloud and served to the engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from rehearsal.providers import aws_compute, aws_database, aws_dns, aws_firewall, aws_network, keys, passwords
from rehearsal.providers.cloud import Cloud, CloudKind
from rehearsal.providers.command import Command, CopyToRemote
from rehearsal.providers.lookups import lookups
from rehearsal.providers.standin import StandIn, Voice, serve

# The versions that requirements.txt pins: the engine compares a provider's with the program's.
VERSIONS = {"aws": "7.51.1", "command": "1.2.1", "random": "4.21.4", "tls": "5.6.2"}


def cloud_kinds(cloud: Cloud) -> list[CloudKind]:
    """Every AWS resource type the rehearsal has a stand-in for."""
    modules = (aws_network, aws_firewall, aws_compute, aws_database, aws_dns)
    return [kind(cloud) for module in modules for kind in module.KINDS]


@contextmanager
def served(cloud: Cloud) -> Iterator[str]:
    """The stand-ins at work; what PULUMI_DEBUG_PROVIDERS must say for the engine to use them."""
    voice = Voice()
    voices = (voice.say, partial(voice.say, passing=True))
    providers = [
        StandIn("aws", VERSIONS["aws"], cloud_kinds(cloud), lookups(cloud.region)),
        StandIn("command", VERSIONS["command"], [Command(*voices), CopyToRemote(*voices)], {}, voice),
        StandIn("random", VERSIONS["random"], [kind() for kind in passwords.KINDS], {}),
        StandIn("tls", VERSIONS["tls"], [kind() for kind in keys.KINDS], {}),
    ]
    running = [(provider, *serve(provider)) for provider in providers]
    try:
        yield ",".join(f"{provider.package}:{port}" for provider, _, port in running)
    finally:
        for _, server, _ in running:
            server.stop(grace=None)
