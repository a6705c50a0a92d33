"""What the stand-in cloud's DNS server answers, as dnsmasq's options."""

from pathlib import Path

import pytest

from rehearsal import names, tokens
from rehearsal.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.json")


def record(ledger: Ledger, name: str, type: str, *values: str, zone: str = "slipway.test") -> None:
    inputs = {"zoneId": names.zone_id(zone), "name": name, "type": type, "records": list(values), "ttl": 60}
    ledger.put(tokens.RECORD, f"{name}-{type}", {"inputs": inputs})


def test_each_record_is_an_option_of_its_zone(ledger: Ledger) -> None:
    record(ledger, "app.slipway.test", "A", "198.18.0.10", "198.18.0.11")
    record(ledger, "www.slipway.test", "CNAME", "app.slipway.test")
    record(ledger, "slipway.test", "TXT", "v=spf1 -all")
    record(ledger, "other.test", "AAAA", "2001:db8::1", zone="other.test")
    assert names.zones(ledger) == {
        "slipway.test": [
            "host-record=app.slipway.test,198.18.0.10,60",
            "host-record=app.slipway.test,198.18.0.11,60",
            "cname=www.slipway.test,app.slipway.test,60",
            'txt-record=slipway.test,"v=spf1 -all"',
        ],
        "other.test": ["host-record=other.test,2001:db8::1,60"],
    }


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("app", "app.slipway.test"),
        ("app.slipway.test.", "app.slipway.test"),
        ("slipway.test", "slipway.test"),
        ("notslipway.test", "notslipway.test.slipway.test"),
    ],
)
def test_a_name_that_does_not_end_in_its_zone_gets_it(name: str, full: str) -> None:
    assert names.full_name({"zoneId": "Z-slipway.test", "name": name}) == full


def test_a_database_s_name_is_one_of_aws_s(ledger: Ledger) -> None:
    host = "db.d1.eu-central-1.rds.amazonaws.com"
    ledger.put(tokens.DB_INSTANCE, "db", {"host": host, "address": "10.0.1.4"})
    assert names.zones(ledger) == {"rds.amazonaws.com": [f"host-record={host},10.0.1.4"]}
