"""The stand-in cloud's wires: one network namespace for the VPC, one for each machine, routed, never bridged."""

import subprocess
from collections.abc import Sequence
from ipaddress import IPv4Interface, IPv4Network, ip_network
from pathlib import Path

from rehearsal import filtering, sessions
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home
from rehearsal.ledger import Ledger
from rehearsal.shell import attempt, run

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
# The name of the machine's interface, as on EC2's current generation.
MACHINE_INTERFACE = "ens5"
# Where every instance finds the metadata service.
METADATA = "169.254.169.254"
# Counts what no log of ours can miss: each new connection to a machine's SSH port.
METER = """
table ip counted {
  counter ssh { }
  chain forward { type filter hook forward priority -10; }
}
flush chain ip counted forward
add rule ip counted forward ct state new tcp dport 22 counter name ssh
"""


def namespace(home: Home, device: str = "vpc") -> str:
    return f"{home.prefix}-{device}"


def open_cloud(home: Home) -> None:
    """The VPC's namespace and its link to this computer, whether none, half or all of it is there already."""
    cloud, link = namespace(home), home.prefix
    if not Path(f"/run/netns/{cloud}").exists():
        run(["ip", "netns", "add", cloud])
    run(["ip", "-n", cloud, "link", "set", "dev", "lo", "up"])
    run(["ip", "-n", cloud, "address", "replace", f"{METADATA}/32", "dev", "lo"])
    run(["ip", "netns", "exec", cloud, "sysctl", "-qw", "net.ipv4.ip_forward=1"])
    if not Path(f"/sys/class/net/{link}").exists():
        clash = run(["ip", "-o", "route", "show", "to", "exact", str(home.network)]).strip()
        if clash:
            raise RehearsalError(f"{home.network} is routed elsewhere on this computer ({clash}): free that range.")
        run(["ip", "link", "add", link, "type", "veth", "peer", "name", "up", "netns", cloud])
    run(["ip", "address", "replace", f"{home.outside}/{home.network.prefixlen}", "dev", link])
    run(["ip", "link", "set", "dev", link, "up"])
    run(["ip", "-n", cloud, "address", "replace", f"{home.uplink}/{home.network.prefixlen}", "dev", "up"])
    run(["ip", "-n", cloud, "link", "set", "dev", "up", "up"])
    run(["ip", "-n", cloud, "route", "replace", "default", "via", str(home.outside)])
    run(["ip", "netns", "exec", cloud, "nft", "-f", "-"], stdin=METER)
    _masquerade(home)


def speak_as(home: Home, cidrs: Sequence[str]) -> None:
    """Have this computer reach the cloud from an address that the stack lets in: the first one of `cidrs`.

    What is no network at all is left to the program, whose settings say what is wrong with it.
    """
    try:
        allowed = [ip_network(cidr) for cidr in cidrs]
    except ValueError:
        return
    source = home.outside
    if allowed and not any(home.outside in network for network in allowed):
        source = next((network[0] for network in allowed if isinstance(network, IPv4Network)), home.outside)
        attempt(["ip", "address", "add", f"{source}/32", "dev", home.prefix])
    run(["ip", "route", "replace", str(home.network), "dev", home.prefix, "scope", "link", "src", str(source)])


def _masquerade(home: Home) -> None:
    """Machines reach the package mirrors through this computer, as instances do through the internet gateway."""
    remembered = home.path.parent / "ip_forward"
    if not remembered.exists():
        remembered.write_text(FORWARDING.read_text())
    FORWARDING.write_text("1\n")
    run(
        ["nft", "-f", "-"],
        stdin=f"""
        table ip {home.prefix} {{}}
        delete table ip {home.prefix}
        table ip {home.prefix} {{
          chain outbound {{
            type nat hook postrouting priority srcnat;
            ip saddr {home.network} oifname != "{home.prefix}" masquerade
          }}
        }}
        """,
    )


def attach(home: Home, device: str, address: IPv4Interface, router: str) -> None:
    """A namespace for one machine, wired to the VPC's router, whether or not half of it was there before."""
    cloud, own = namespace(home), namespace(home, device)
    detach(home, device)
    run(["ip", "netns", "add", own])
    run(["ip", "-n", own, "link", "set", "dev", "lo", "up"])
    run(["ip", "-n", cloud, "link", "add", device, "type", "veth", "peer", "name", MACHINE_INTERFACE, "netns", own])
    run(["ip", "-n", cloud, "link", "set", "dev", device, "up"])
    run(["ip", "-n", cloud, "address", "replace", f"{router}/32", "dev", "lo"])
    run(["ip", "-n", cloud, "route", "replace", f"{address.ip}/32", "dev", device])
    # The router answers for every other address of the subnet: machines of one subnet meet its rules, too.
    run(["ip", "netns", "exec", cloud, "sysctl", "-qw", f"net.ipv4.conf.{device}.proxy_arp=1"])
    run(["ip", "-n", own, "address", "add", str(address), "dev", MACHINE_INTERFACE])
    run(["ip", "-n", own, "link", "set", "dev", MACHINE_INTERFACE, "up"])
    run(["ip", "-n", own, "route", "add", "default", "via", router])


def detach(home: Home, device: str) -> None:
    attempt(["ip", "-n", namespace(home), "link", "delete", device])
    attempt(["ip", "netns", "delete", namespace(home, device)])


def apply(home: Home, ledger: Ledger) -> None:
    """Put the ledger's security groups, routes and Elastic IPs into force, all at once."""
    cloud = namespace(home)
    with ledger.lock:
        text = filtering.ruleset(ledger, outside=home.outside, uplink=home.uplink)
        for address in filtering.public_addresses(ledger).values():
            attempt(["ip", "-n", cloud, "address", "add", f"{address}/32", "dev", "up"])
        run(["ip", "netns", "exec", cloud, "nft", "-f", "-"], stdin=text)


def ssh_connections(home: Home) -> int:
    """How many SSH connections machines of the cloud have had since it exists: at their port, or in sessions."""
    listing = subprocess.run(
        ["ip", "netns", "exec", namespace(home), "nft", "list", "counter", "ip", "counted", "ssh"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    at_their_port = int(listing[listing.index("packets") + 1]) if "packets" in listing else 0
    return at_their_port + sessions.count(home.path)


def close_cloud(home: Home) -> None:
    """Take every wire down again; what is gone already is no failure."""
    listed = run(["ip", "netns", "list"]).splitlines()
    for name in (line.split()[0] for line in listed if line.startswith(f"{home.prefix}-")):
        attempt(["ip", "netns", "delete", name])
    attempt(["ip", "link", "delete", home.prefix])
    attempt(["nft", "delete", "table", "ip", home.prefix])
    remembered = home.path.parent / "ip_forward"
    if remembered.exists() and not any(path.parent != home.path for path in home.path.parent.glob("*/identity")):
        FORWARDING.write_text(remembered.read_text())
        remembered.unlink()
