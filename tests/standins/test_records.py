"""Route 53's rules, and what the DNS server is told of each record."""

from collections.abc import Iterator

import pytest

from rehearsal import names
from rehearsal.providers.aws_dns import Record
from rehearsal.providers.values import Values
from tests.standins import clouds


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clouds.Judged]:
    with clouds.judged(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


def record(name: str, type: str, *values: str, **other: object) -> Values:
    return {"zoneId": "Z-example.org", "name": name, "type": type, "ttl": 60, "records": list(values), **other}


def test_every_kind_of_record_is_told_to_the_dns_server(cloud: clouds.Judged) -> None:
    made = cloud.make(Record, **record("www", "A", "198.18.7.10"))
    assert made.id == "Z-example.org_www.example.org_A" and made.outputs == {"fqdn": "www.example.org"}
    cloud.make(Record, **record("www", "AAAA", "2001:db8::1"))
    cloud.make(Record, **record("www", "CAA", '0 issue "letsencrypt.org"', '0 issuewild ";"'))
    cloud.make(Record, **record("example.org", "TXT", '"v=spf1 -all"'))
    assert names.zones(cloud.ledger) == {
        "example.org": [
            "host-record=www.example.org,198.18.7.10,60",
            "host-record=www.example.org,2001:db8::1,60",
            "caa-record=www.example.org,0,issue,letsencrypt.org",
            "caa-record=www.example.org,0,issuewild,;",
            'txt-record=example.org,"v=spf1 -all"',
        ]
    }
    assert cloud.published == 4


def test_a_name_has_one_record_set_of_a_type_and_none_beside_a_cname(cloud: clouds.Judged) -> None:
    cloud.make(Record, **record("once", "A", "198.18.7.10"))
    said = cloud.refusal(Record, **record("once", "A", "198.18.7.11"))
    assert said.endswith("[name='once.example.org.', type='A'] but it already exists")
    assert "conflicts with other records" in cloud.refusal(Record, **record("once", "CNAME", "www.example.org"))
    cloud.make(Record, **record("once", "A", "198.18.7.11", allowOverwrite=True))


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        (record("www", "A", "2001:db8::1"), "Value is not a valid IPv4 address"),
        (record("www", "AAAA", "198.18.7.10"), "Value is not a valid IPv6 address"),
        (record("www", "CAA", "0 issue letsencrypt.org"), "CAARR: must be flags, tag and a quoted value"),
    ],
)
def test_a_value_that_is_none_of_its_type(cloud: clouds.Judged, inputs: Values, problem: str) -> None:
    [(key, reason)] = cloud.kind(Record).check(inputs)
    assert key == "records" and reason.startswith(f"InvalidChangeBatch: Invalid Resource Record: '{problem}")


def test_a_name_that_is_no_name(cloud: clouds.Judged) -> None:
    assert cloud.refusal(Record, **record("two words", "A", "198.18.7.10")).startswith("InvalidChangeBatch")
