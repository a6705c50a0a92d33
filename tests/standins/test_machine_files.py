"""What machines are born with: texts for Postgres, cloud-init and this computer's way to the mirrors."""

import json
from pathlib import Path

import pytest

from rehearsal import birth, postgres
from rehearsal.homes import Home
from rehearsal.providers.aws_database import parameters

SETTINGS = """\
listen_addresses = '*'
ssl = 'on'
ssl_cert_file = '/etc/postgresql/17/main/server.pem'
ssl_key_file = '/etc/postgresql/17/main/server.key'
password_encryption = 'scram-sha-256'
log_line_prefix = '%t it''s \\\\d '
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "authority").mkdir()
    (tmp_path / "authority" / "root.pem").write_text("ROOT\n")
    return Home(project=tmp_path, stack="local", slot=7, path=tmp_path)


def test_parameters_become_postgres_s_settings_but_rds_s_own(home: Home) -> None:
    given = {"rds.force_ssl": "1", "log_line_prefix": "%t it's \\d "}
    assert postgres.settings_text(given) == SETTINGS


@pytest.mark.parametrize(("force_ssl", "kind"), [(True, "hostssl"), (False, "host")])
def test_without_tls_nobody_gets_in_if_ssl_is_forced(force_ssl: bool, kind: str) -> None:
    assert postgres.access_text(force_ssl) == (
        "local all postgres peer\n"
        f"{kind} all all 0.0.0.0/0 scram-sha-256\n"
        # A read replica's connection is over TLS in any case.
        "hostssl replication all 0.0.0.0/0 scram-sha-256\n"
    )


@pytest.mark.parametrize(
    ("rows", "forced"),
    [([], True), ([{"name": "rds.force_ssl", "value": 0}], False), ([{"name": "rds.force_ssl", "value": "1"}], True)],
)
def test_ssl_is_forced_unless_the_parameter_group_says_otherwise(rows: list[object], forced: bool) -> None:
    assert parameters({"parameters": rows})[1] is forced


def test_a_quote_ends_neither_a_literal_nor_an_identifier() -> None:
    assert postgres.literal("it's") == "'it''s'"
    assert postgres.identifier('a"b') == '"a""b"'


def test_the_server_s_key_is_its_own_secret(home: Home) -> None:
    files = postgres.Server(home=home, device="d1").files("CERTIFICATE", "KEY", {}, True)
    assert [path for path, (text, mode) in files.items() if text == "KEY" and mode != 0o600] == []
    assert ("KEY", 0o600) in files.values()


def test_the_seed_is_what_cloud_init_reads_and_root_s_alone() -> None:
    files = birth.seed(
        instance="i-1", hostname="ip-10-0-0-4", public_key="ssh-ed25519 AAAA", user_data="#cloud-config\nx: 1\n"
    )
    assert {path: mode for path, (_, mode) in files.items()} == {
        "/var/lib/cloud/seed/nocloud/meta-data": 0o600,
        "/var/lib/cloud/seed/nocloud/user-data": 0o600,
    }
    assert json.loads(files["/var/lib/cloud/seed/nocloud/meta-data"][0]) == {
        "instance-id": "i-1",
        "local-hostname": "ip-10-0-0-4",
        "public-keys": ["ssh-ed25519 AAAA"],
    }
    assert files[birth.USER_DATA][0] == "#cloud-config\nx: 1\n"


def test_without_user_data_cloud_init_gets_an_empty_configuration() -> None:
    files = birth.seed(instance="i-1", hostname="a", public_key="k", user_data="")
    assert files[birth.USER_DATA][0] == birth.user_data_text("") == "#cloud-config\n{}\n"


def test_a_machine_asks_the_rehearsal_s_dns_and_trusts_its_root(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("BUNDLE\n")
    monkeypatch.setattr(birth, "HOST_BUNDLE", bundle)
    monkeypatch.setattr(birth, "HOST_EXTRA", tmp_path / "none")
    monkeypatch.setattr(birth, "PIP_SETTINGS", ())
    monkeypatch.setenv("https_proxy", "http://proxy.test:3128")
    files = birth.surroundings(home)
    assert files["/etc/resolv.conf"][0] == "nameserver 198.18.7.1\noptions timeout:2 attempts:3\n"
    assert files["/etc/ssl/certs/ca-certificates.crt"][0] == "BUNDLE\nROOT\n"
    assert 'Acquire::https::Proxy "http://proxy.test:3128";\n' in files["/etc/apt/apt.conf.d/90mirror"][0]


def test_the_machine_uses_the_package_index_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(birth, "PIP_SETTINGS", ())
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    assert birth._python_index() == {
        "/etc/pip.conf": ("[global]\nindex-url = https://mirror.example/simple\n", 0o600),
        "/etc/uv/uv.toml": ('[[index]]\nurl = "https://mirror.example/simple"\ndefault = true\n', 0o600),
    }
