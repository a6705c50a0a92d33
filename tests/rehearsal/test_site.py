"""What a visitor gets: the site, served by the machines the program set up."""

import re
import socket
import ssl
import uuid

import pytest

from rehearsal import tokens
from tests.rehearsal.rig import HOST, Rig


def test_the_home_page_has_read_and_written_postgres(rig: Rig) -> None:
    visits = [re.search(r'id="visits">(\d+)<', rig.get().body) for _ in range(2)]
    assert visits[0] and visits[1]
    assert int(visits[1][1]) == int(visits[0][1]) + 1


def test_plain_http_is_sent_to_https(rig: Rig) -> None:
    answer = _plain(rig, HOST)
    assert answer.startswith("HTTP/1.1 301")
    assert f"Location: https://{HOST}/" in answer


def test_a_name_that_is_not_the_sites_gets_no_page(rig: Rig) -> None:
    assert _plain(rig, "example.com") == ""
    context = ssl.create_default_context(cafile=rig.root)
    with (
        pytest.raises(ssl.SSLError, match=r"unrecognized name|handshake failure"),
        socket.create_connection((rig.address, 443), timeout=10) as plug,
    ):
        context.wrap_socket(plug, server_hostname="example.com")


def test_a_static_file_comes_from_nginx_and_may_be_kept_for_ever(rig: Rig) -> None:
    path = re.search(r'/static/[^"]+\.css', rig.get().body)
    assert path
    answer = rig.get(path[0])
    assert (answer.status, answer.headers["content-type"]) == (200, "text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert rig.on_host("stat", "-c", "%U", f"/srv/app{path[0]}").strip() == "root"


def test_the_admin_works_with_its_styles(rig: Rig) -> None:
    page = rig.get("/admin/login/")
    styles = re.findall(r'href="(/static/admin/[^"]+\.css)"', page.body)
    assert page.status == 200 and styles
    assert [rig.get(style).status for style in styles] == [200] * len(styles)


def test_an_uploaded_file_is_served_by_nginx(rig: Rig) -> None:
    word = uuid.uuid4().hex
    page = rig.get()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "name": word, "message": "hello"}
    parts = [f'--B\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    parts.append(
        f'--B\r\nContent-Disposition: form-data; name="file"; filename="{word}.txt"\r\n'
        "Content-Type: text/plain\r\n\r\nfrom a visitor\r\n--B--\r\n"
    )
    answer = rig.get(
        "/",
        method="POST",
        body="".join(parts).encode(),
        headers={
            "Content-Type": "multipart/form-data; boundary=B",
            "Cookie": page.headers["set-cookie"].split(";")[0],
            "Referer": f"https://{HOST}/",
        },
    )
    assert answer.status == 302, answer.body
    path = re.search(rf'/media/[^"]*{word}[^"]*', rig.get().body)
    assert path
    file = rig.get(path[0])
    assert (file.status, file.body, file.headers["server"]) == (200, "from a visitor", "nginx")
    assert "set-cookie" not in file.headers and "x-frame-options" not in file.headers


def test_an_uploaded_page_cannot_run_in_the_sites_origin(rig: Rig) -> None:
    for name in ("page.html", "image.svg"):
        rig.on_host("sh", "-c", f"install -o app -m 0644 /dev/stdin /srv/app/media/{name}", stdin="<script>1</script>")
        file = rig.get(f"/media/{name}")
        assert file.status == 200
        assert file.headers["content-disposition"] == "attachment"
        assert "sandbox" in file.headers["content-security-policy"]
        assert file.headers["x-content-type-options"] == "nosniff"


def test_the_dns_server_answers_the_sites_name_and_nothing_else_of_its_zone(rig: Rig) -> None:
    lookup = ["getent", "ahostsv4"]
    assert rig.on_host(*lookup, HOST).split()[0] == rig.address
    missing = rig.on_host("sh", "-c", "getent ahostsv4 nothing.slipway.test || echo none")
    assert missing.strip() == "none"


def test_the_outputs_are_the_ones_that_others_rely_on(rig: Rig) -> None:
    outputs = rig.outputs()
    assert set(outputs) == {
        "url",
        "address",
        "ssh",
        "sshProxyCommand",
        "hostKey",
        "deployKey",
        "release",
        "migrations",
        "database",
        "caCertificate",
    }
    assert outputs["deployKey"] == "[secret]"
    assert outputs["url"] == f"https://{HOST}/"
    assert (outputs["ssh"], outputs["sshProxyCommand"]) == (f"admin@{outputs['address']}", "none")
    assert outputs["address"] == next(rig.ledger().of(tokens.EIP)).facts["address"]


def _plain(rig: Rig, host: str) -> str:
    """An answer to a request over plain HTTP; empty if the connection was closed without one."""
    with socket.create_connection((rig.address, 80), timeout=10) as plug:
        plug.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        try:
            return b"".join(iter(lambda: plug.recv(65536), b"")).decode()
        except ConnectionResetError:
            return ""
