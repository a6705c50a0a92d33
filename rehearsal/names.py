"""DNS names of the stand-in cloud: text from the ledger, no effects."""

import re
from typing import Any

from rehearsal import tokens
from rehearsal.ledger import Ledger

# RFC 8659: flags, tag and a quoted value, as Route 53 wants it.
CAA_VALUE = re.compile(r'(?P<flags>\d{1,3}) (?P<tag>[a-zA-Z0-9]+) "(?P<value>[^"]*)"')
# The record types dnsmasq can be told of, and how.
OPTIONS = {
    "A": "host-record={name},{value},{ttl}",
    "AAAA": "host-record={name},{value},{ttl}",
    "CNAME": "cname={name},{value},{ttl}",
    "CAA": "caa-record={name},{value}",
    "TXT": 'txt-record={name},"{value}"',
}


def zone_id(zone: str) -> str:
    """The id of a hosted zone of the rehearsal: it carries the zone's name, there is no registry of them."""
    return f"Z-{zone.strip('.')}"


def zone_name(id: str) -> str:
    return id.removeprefix("Z-")


def full_name(inputs: dict[str, Any]) -> str:
    """Route 53 adds the zone to a name that does not end in it."""
    zone, name = zone_name(inputs["zoneId"]), str(inputs["name"]).strip(".")
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}"


def _option(type: str, value: str) -> str:
    """A record's value as dnsmasq is told of it."""
    if match := CAA_VALUE.fullmatch(value) if type == "CAA" else None:
        return f"{match['flags']},{match['tag']},{match['value']}"
    return value.strip('"') if type == "TXT" else value


def zones(ledger: Ledger) -> dict[str, list[str]]:
    """Zone → dnsmasq options, of everything the stand-in cloud has a name for."""
    found: dict[str, list[str]] = {}
    for entry in ledger.of(tokens.RECORD):
        inputs = entry.facts["inputs"]
        found.setdefault(zone_name(inputs["zoneId"]), []).extend(
            OPTIONS[inputs["type"]].format(
                name=full_name(inputs), value=_option(inputs["type"], value), ttl=inputs["ttl"]
            )
            for value in inputs["records"]
        )
    hosts = [f"host-record={row.facts['host']},{row.facts['address']}" for row in ledger.of(tokens.DB_INSTANCE)]
    return {**found, "rds.amazonaws.com": hosts} if hosts else found
