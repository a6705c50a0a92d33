"""What a person reads at the end of `rehearse up`: what changed, how long it took, how to open the site."""

from typing import TYPE_CHECKING, Any

from rehearsal import commands
from rehearsal.homes import Home

if TYPE_CHECKING:
    from rehearsal.timing import Timing


def outputs(home: Home, values: dict[str, Any]) -> dict[str, Any]:
    """The stack's outputs, and what only a rehearsal has: the path of the root certificate to trust."""
    proxy = {key: commands.in_rehearsal(home, str(values[key])) for key in ("sshProxyCommand",) if key in values}
    return {**values, **proxy, "caCertificate": str(home.acme_root)}


def up(home: Home, values: dict[str, Any], timing: "Timing", *, seconds: float, connections: int) -> str:
    """The closing text. `seconds` is the whole run's time, `connections` the SSH connections it opened."""
    lines = [""]
    if table := timing.table():
        width = max(len(part) for part, _ in table)
        lines.append("Time by part, in seconds (parts overlap):")
        lines += [f"  {part:<{width}}  {took:6.1f}" for part, took in table]
    changed = sum(count for op, count in timing.changes.items() if op != "same")
    line = f"{_count(changed, 'change')}, {_count(connections, 'SSH connection')}, {seconds:.1f} s."
    lines.append(line[0].upper() + line[1:])
    url, address = values.get("url"), values.get("address")
    if url and address:
        host = str(url).split("//")[1].strip("/")
        root = home.acme_root
        lines += [
            "",
            f"{url} is up on a machine of this computer, at {address}. The name is known to this rehearsal's DNS only:",
            f"  curl --cacert {root} --resolve {host}:443:{address} {url}",
            f"  in a browser: add the line `{address} {host}` to /etc/hosts, and trust {root} for this session.",
            f"  DNS server: dig @{home.outside} {host}",
        ]
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    """`no changes`, `1 change`, `2 changes`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
