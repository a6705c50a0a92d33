"""The four stand-ins, put together for one cloud and served to the engine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from rehearsal.providers import (
    aws_compute,
    aws_database,
    aws_db_instance,
    aws_dns,
    aws_endpoint,
    aws_firewall,
    aws_identity,
    aws_keys,
    aws_network,
    aws_notice,
    aws_storage,
    aws_watch,
    keys,
    official,
    passwords,
)
from rehearsal.providers.aws_provider import AwsStandIn
from rehearsal.providers.cloud import Cloud, CloudKind
from rehearsal.providers.command import Command
from rehearsal.providers.copying import CopyToRemote
from rehearsal.providers.lookups import lookups
from rehearsal.providers.standin import StandIn, Voice, serve

# The versions that requirements.txt pins: the engine compares a provider's with the program's.
VERSIONS = {"aws": "7.51.1", "command": "1.2.1", "random": "4.21.4", "tls": "5.6.2"}


def cloud_kinds(cloud: Cloud) -> list[CloudKind]:
    """Every AWS resource type the rehearsal has a stand-in for."""
    modules = (
        aws_network,
        aws_endpoint,
        aws_firewall,
        aws_identity,
        aws_keys,
        aws_compute,
        aws_storage,
        aws_database,
        aws_db_instance,
        aws_dns,
        aws_notice,
        aws_watch,
    )
    return [kind(cloud) for module in modules for kind in module.KINDS]


def aws_stand_in(cloud: Cloud) -> AwsStandIn:
    """The stand-in for pulumi-aws, in the region and account of the cloud."""
    answers = lookups(cloud.region, cloud.account, cloud.hosted_zones)
    return AwsStandIn(VERSIONS["aws"], cloud_kinds(cloud), answers, region=cloud.region, account=cloud.account)


def command_stand_in() -> StandIn:
    """The stand-in for pulumi-command; what it says lasts no longer than the step, as with the official plugin."""
    voice = Voice()
    mutter = partial(voice.say, passing=True)
    return StandIn("command", VERSIONS["command"], [Command(mutter, mutter), CopyToRemote(mutter, mutter)], {}, voice)


@contextmanager
def served(cloud: Cloud, report: Callable[[str], None]) -> Iterator[str]:
    """The stand-ins at work; what PULUMI_DEBUG_PROVIDERS must say for the engine to use them."""
    providers = [
        aws_stand_in(cloud),
        StandIn("random", VERSIONS["random"], [kind() for kind in passwords.KINDS], {}),
        StandIn("tls", VERSIONS["tls"], [kind() for kind in keys.KINDS], {}),
    ]
    with ExitStack() as stack:
        ports = {}
        if path := official.find(VERSIONS["command"]):
            plugin = stack.enter_context(official.running(path))
            report(f"Steps on hosts go through the official command plugin {plugin.version}: {path}")
            ports["command"] = plugin.port
        else:
            report(f"Steps on hosts go through the stand-in for the official command plugin {VERSIONS['command']}.")
            providers.append(command_stand_in())
        for provider in providers:
            server, ports[provider.package] = serve(provider)
            stack.callback(server.stop, grace=None)
        yield ",".join(f"{package}:{port}" for package, port in ports.items())
