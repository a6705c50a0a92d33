"""The DNS server has what the ledger has, after a kill too; the stand-in internet answers a few names and no more."""

import http.client
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from rehearsal import front, processes, services
from rehearsal.authority import Authority
from rehearsal.front import Front
from rehearsal.homes import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "services").mkdir()
    return Home(project=tmp_path, stack="local", slot=7, path=tmp_path)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(processes, "stop", lambda name: done.append(f"stop {name}"))
    monkeypatch.setattr(services, "_keep", lambda home, service, port, command: done.append(f"start {service}"))
    return done


def test_new_records_restart_the_dns_server_and_the_same_ones_do_not(home: Home, steps: list[str]) -> None:
    zones = {"slipway.test": ["host-record=app.slipway.test,198.18.7.10,60"]}
    services.publish(home, zones)
    services.publish(home, zones)
    assert (home.path / "services" / "records").read_text() == (
        "local=/slipway.test/\nhost-record=app.slipway.test,198.18.7.10,60\n"
    )
    assert steps == ["stop slw7-dns", "start dns"]


def test_a_kill_before_the_restart_is_made_up_for(
    home: Home, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(processes, "stop", kill)
        services.publish(home, {"slipway.test": []})
    services.publish(home, {"slipway.test": []})
    assert steps == ["stop slw7-dns", "start dns"], "the old server still ran with the old records"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(Front, "bundle", b"ROOTS")
    monkeypatch.setattr(Front, "log_message", lambda *args: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Front) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("host", "path", "status", "body", "location"),
    [
        (front.TRUST_STORE, front.BUNDLE_PATH, 200, b"ROOTS", None),
        (front.ACME_NAMES[0], "/directory", 302, b"", f"https://{front.ACME_NAMES[0]}:14000/dir"),
        (front.ACME_NAMES[1], "/directory", 302, b"", f"https://{front.ACME_NAMES[1]}:14000/dir"),
        (front.TRUST_STORE, "/directory", 404, b"The stand-in internet has no such page.\n", None),
        ("example.com", "/", 404, b"The stand-in internet has no such page.\n", None),
    ],
)
def test_the_stand_in_internet(
    internet: int, host: str, path: str, status: int, body: bytes, location: str | None
) -> None:
    client = http.client.HTTPConnection("127.0.0.1", internet, timeout=5)
    client.request("GET", path, headers={"Host": host})
    answer = client.getresponse()
    assert (answer.status, answer.read(), answer.getheader("Location")) == (status, body, location)
    client.close()


def test_a_certificate_is_for_its_names_and_chains_to_the_root(tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.x509.verification import PolicyBuilder, Store

    authority = Authority(folder=tmp_path / "authority")
    authority.ensure()
    root = authority.root.read_bytes()
    authority.ensure()
    assert authority.root.read_bytes() == root, "made once"
    assert (authority.folder / "root.key").stat().st_mode & 0o777 == 0o600
    certificate, key = authority.issue("db.rds.amazonaws.com", "other.test")
    assert "PRIVATE KEY" in key
    verifier = PolicyBuilder().store(Store([x509.load_pem_x509_certificate(root)]))
    for name in ("db.rds.amazonaws.com", "other.test"):
        chain = verifier.build_server_verifier(x509.DNSName(name))
        assert chain.verify(x509.load_pem_x509_certificate(certificate.encode()), [])
