"""The ledger's security groups, routes and Elastic IPs become these nftables rules."""

import os
import subprocess
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from rehearsal import filtering, packages, tokens
from rehearsal.ledger import Ledger
from tests.standins import clouds

OUTSIDE, UPLINK = IPv4Address("198.18.7.1"), IPv4Address("198.18.7.2")
SITE = """\
table ip cloud { }
delete table ip cloud
table ip cloud {
  set sg_db { type ipv4_addr; elements = { 10.0.1.4 }; }
  set sg_web { type ipv4_addr; elements = { 10.0.0.4 }; }
  chain out_m1 {
    ip daddr 0.0.0.0/0 return
    drop
  }
  chain in_m1 {
    ip saddr 0.0.0.0/0 tcp dport 80 return
    ip saddr 198.18.0.0/15 tcp dport 8000-8010 return
    drop
  }
  chain out_d1 {
    drop
  }
  chain in_d1 {
    ip saddr @sg_web tcp dport 5432 return
    drop
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ip daddr 198.18.7.1 meta l4proto { tcp, udp } th dport 53 accept
    iifname "m1" jump out_m1
    iifname "d1" jump out_d1
    oifname "m1" jump in_m1
    oifname "d1" jump in_d1
    oifname "up" ip saddr != { 10.0.0.4 } drop
    accept
  }
  chain inbound {
    type nat hook prerouting priority dstnat;
    ip daddr 198.18.7.10 dnat to 10.0.0.4
  }
  chain outbound {
    type nat hook postrouting priority srcnat;
    oifname "up" ip saddr 10.0.0.4 snat to 198.18.7.10
    oifname != "up" ct status dnat ip saddr 10.0.0.4 snat to 198.18.7.10
    ip daddr 198.18.7.1 snat to 198.18.7.2
  }
}
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.json")


def ruleset(ledger: Ledger) -> str:
    return filtering.ruleset(ledger, outside=OUTSIDE, uplink=UPLINK)


def accepted(text: str) -> None:
    """By the real nft, in a network namespace that ends with it."""
    if os.geteuid() != 0 or not packages.find("nft"):
        pytest.skip("nft checks a ruleset as root only")
    command = ["unshare", "--net", packages.find("nft") or "", "-c", "-f", "-"]
    done = subprocess.run(command, input=text, text=True, capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_site_s_rules(ledger: Ledger) -> None:
    clouds.site(ledger)
    assert ruleset(ledger) == SITE


def test_nft_takes_a_site_s_rules(ledger: Ledger) -> None:
    clouds.site(ledger)
    accepted(ruleset(ledger))


def test_an_empty_cloud_lets_nothing_through(ledger: Ledger) -> None:
    text = ruleset(ledger)
    assert '    oifname "up" drop\n' in text and "policy drop;" in text
    accepted(text)


def test_a_group_without_rules_is_closed_both_ways(ledger: Ledger) -> None:
    ledger.put(tokens.SECURITY_GROUP, "sg-1", {})
    ledger.put(tokens.INSTANCE, "i-1", clouds.machine("m1", "10.0.0.4", "subnet-1", "sg-1"))
    assert "  chain out_m1 {\n    drop\n  }\n  chain in_m1 {\n    drop\n  }\n" in ruleset(ledger)


@pytest.mark.parametrize("missing", [(tokens.ROUTE, "r-1"), (tokens.INTERNET_GATEWAY, "igw-1")])
def test_without_a_default_route_to_a_gateway_there_is_no_internet(ledger: Ledger, missing: tuple[str, str]) -> None:
    clouds.site(ledger)
    ledger.drop(*missing)
    assert filtering.public_addresses(ledger) == {}
    text = ruleset(ledger)
    assert "dnat to" not in text and '    oifname "up" drop\n' in text


def test_icmp_has_no_ports_and_all_protocols_have_none_either(ledger: Ledger) -> None:
    clouds.site(ledger)
    ledger.put(tokens.INGRESS_RULE, "sgr-5", clouds.rule("sg-web", "0.0.0.0/0", "icmp", -1))
    ledger.put(tokens.INGRESS_RULE, "sgr-6", clouds.rule("sg-web", "10.0.0.0/16", "-1", 0))
    text = ruleset(ledger)
    assert "    ip saddr 0.0.0.0/0 meta l4proto icmp return\n    ip saddr 10.0.0.0/16 return\n" in text
    accepted(text)


def test_a_rule_may_name_a_group_that_nothing_is_in(ledger: Ledger) -> None:
    clouds.site(ledger)
    ledger.put(tokens.INGRESS_RULE, "sgr-7", clouds.rule("sg-db", "sg-default-1", "tcp", 5432))
    text = ruleset(ledger)
    assert "  set sg_default_1 { type ipv4_addr; }\n" in text
    accepted(text)


def test_a_read_replica_reaches_its_source_past_every_security_group(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.json")
    clouds.site(ledger)
    facts = clouds.machine("d2", "10.0.2.4", "subnet-isolated", "sg-db")
    ledger.put(tokens.DB_INSTANCE, "replica", {**facts, "host": "replica.example", "source": "db"})
    text = filtering.ruleset(ledger, outside=OUTSIDE, uplink=UPLINK)
    allowed = "    ip saddr 10.0.2.4 ip daddr 10.0.1.4 tcp dport 5432 accept\n"
    assert 0 < text.index(allowed) < text.index('iifname "d2" jump out_d2')
