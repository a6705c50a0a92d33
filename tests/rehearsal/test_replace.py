"""A server replaced on purpose, as docs/replace.md has it: another machine, and the same site."""

import contextlib
import ssl

from rehearsal import tokens
from tests.rehearsal.rig import Answer, Rig, Site

UPLOAD = "/media/kept.txt"


def certificate(rig: Rig) -> dict[str, object]:
    with contextlib.closing(Site(rig)) as site:
        site.connect()
        assert isinstance(site.sock, ssl.SSLSocket)
        return dict(site.sock.getpeercert() or {})


def upload(rig: Rig) -> Answer:
    return rig.get(UPLOAD)


def test_another_server_ends_with_the_same_site_and_uploads(rig: Rig) -> None:
    rig.on_host("runuser", "-u", "app", "--", "sh", "-c", "echo from a visitor >/srv/app/media/kept.txt")
    assert upload(rig).body == "from a visitor\n"
    before, outputs, issuer = rig.device(tokens.INSTANCE), rig.outputs(), certificate(rig)["issuer"]
    [volume] = rig.ledger().of(tokens.VOLUME)
    run = rig.rehearse("up", "--replace", "server-instance")
    assert run.code == 0, run.text
    assert rig.device(tokens.INSTANCE) != before and len(list(rig.ledger().of(tokens.INSTANCE))) == 1
    assert rig.get().status == 200
    assert upload(rig).body == "from a visitor\n"
    assert (rig.outputs(), certificate(rig)["issuer"]) == (outputs, issuer)
    assert list(rig.ledger().of(tokens.VOLUME)) == [volume]
    assert set(rig.up().changes()) == {"unchanged"}
