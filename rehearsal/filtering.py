"""Security groups, the internet gateway and Elastic IPs, as one nftables ruleset: text from the ledger, no effects."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address

from rehearsal import tokens
from rehearsal.ledger import Entry, Ledger

# The DNS port of the resolver that every VPC has: AWS exempts it from security groups.
RESOLVER_PORT = 53
POSTGRES_PORT = 5432


def attached(ledger: Ledger) -> list[Entry]:
    """Everything with a network interface, in the order it was made."""
    return [entry for type in tokens.ATTACHED for entry in ledger.of(type)]


def public_addresses(ledger: Ledger) -> dict[str, str]:
    """Private address → public address, of the instances that the internet gateway serves."""
    found = {}
    for instance in ledger.of(tokens.INSTANCE):
        if not has_internet(ledger, instance.facts["subnet"]):
            continue
        for association in ledger.of(tokens.EIP_ASSOCIATION, instance=instance.id):
            eip = ledger.find(tokens.EIP, association.facts["eip"])
            if eip:
                found[instance.facts["address"]] = eip.facts["address"]
    return found


def has_internet(ledger: Ledger, subnet: str) -> bool:
    """Whether the subnet's route table has a default route to an internet gateway."""
    return any(
        route.facts["destination"] == "0.0.0.0/0" and ledger.find(tokens.INTERNET_GATEWAY, route.facts["gateway"])
        for association in ledger.of(tokens.ROUTE_TABLE_ASSOCIATION, subnet=subnet)
        for route in ledger.of(tokens.ROUTE, table=association.facts["table"])
    )


def ruleset(ledger: Ledger, *, outside: IPv4Address, uplink: IPv4Address) -> str:
    """The whole nftables ruleset of the stand-in cloud's namespace: default is closed, as a security group's is.

    `outside` is this computer's address on the link, `uplink` the cloud's own.
    """
    public = public_addresses(ledger)
    members = _members(ledger)
    lines = ["table ip cloud { }", "delete table ip cloud", "table ip cloud {"]
    for group, addresses in sorted(members.items()):
        elements = f" elements = {{ {', '.join(addresses)} }};" if addresses else ""
        lines.append(f"  set {_name(group)} {{ type ipv4_addr;{elements} }}")
    for entry in attached(ledger):
        lines.append(f"  chain out_{entry.facts['device']} {{")
        lines += [f"    {rule} return" for rule in _rules(ledger, entry, tokens.EGRESS_RULE, "ip daddr")]
        lines += ["    drop", "  }", f"  chain in_{entry.facts['device']} {{"]
        lines += [f"    {rule} return" for rule in _rules(ledger, entry, tokens.INGRESS_RULE, "ip saddr")]
        lines += ["    drop", "  }"]
    lines += [
        "  chain forward {",
        "    type filter hook forward priority filter; policy drop;",
        "    ct state established,related accept",
        f"    ip daddr {outside} meta l4proto {{ tcp, udp }} th dport {RESOLVER_PORT} accept",
    ]
    for replica, source in replicas(ledger):
        # RDS's own traffic between its instances passes no security group.
        lines.append(f"    ip saddr {replica} ip daddr {source} tcp dport {POSTGRES_PORT} accept")
    for entry in attached(ledger):
        lines.append(f'    iifname "{entry.facts["device"]}" jump out_{entry.facts["device"]}')
    for entry in attached(ledger):
        lines.append(f'    oifname "{entry.facts["device"]}" jump in_{entry.facts["device"]}')
    served = f"ip saddr != {{ {', '.join(public)} }} " if public else ""
    lines += [f'    oifname "up" {served}drop', "    accept", "  }"]
    lines += _translation(public, outside, uplink)
    lines.append("}")
    return "\n".join(lines) + "\n"


def replicas(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """(address of a read replica, address of what it follows)."""
    for entry in ledger.of(tokens.DB_INSTANCE):
        if source := ledger.find(tokens.DB_INSTANCE, entry.facts.get("source", "")):
            yield entry.facts["address"], source.facts["address"]


def _translation(public: dict[str, str], outside: IPv4Address, uplink: IPv4Address) -> Iterator[str]:
    """The internet gateway's one-to-one translation; an instance reaches its own public name through it, too."""
    yield "  chain inbound {"
    yield "    type nat hook prerouting priority dstnat;"
    for private, address in public.items():
        yield f"    ip daddr {address} dnat to {private}"
    yield "  }"
    yield "  chain outbound {"
    yield "    type nat hook postrouting priority srcnat;"
    for private, address in public.items():
        yield f'    oifname "up" ip saddr {private} snat to {address}'
        yield f'    oifname != "up" ct status dnat ip saddr {private} snat to {address}'
    yield f"    ip daddr {outside} snat to {uplink}"
    yield "  }"


def _members(ledger: Ledger) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {group.id: [] for group in ledger.of(tokens.SECURITY_GROUP)}
    # A group nobody has made, such as a VPC's default one, may still be in front of something or named by a rule.
    for rule in (*ledger.of(tokens.INGRESS_RULE), *ledger.of(tokens.EGRESS_RULE)):
        if rule.facts["peer"].startswith("sg-"):
            groups.setdefault(rule.facts["peer"], [])
    for entry in attached(ledger):
        for group in entry.facts["groups"]:
            groups.setdefault(group, []).append(entry.facts["address"])
    return groups


def _rules(ledger: Ledger, entry: Entry, type: str, peer: str) -> Iterable[str]:
    """One nftables match for each rule of the groups in front of an interface."""
    for group in entry.facts["groups"]:
        for rule in ledger.of(type, group=group):
            facts = rule.facts
            match = f"{peer} @{_name(facts['peer'])}" if facts["peer"].startswith("sg-") else f"{peer} {facts['peer']}"
            protocol = facts["protocol"]
            if protocol in ("tcp", "udp"):
                low, high = facts["from"], facts["to"]
                match += f" {protocol} dport {low}" + (f"-{high}" if high != low else "")
            elif protocol == "icmp":
                match += " meta l4proto icmp"
            yield match


def _name(group: str) -> str:
    return group.replace("-", "_")
