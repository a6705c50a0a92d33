"""New secrets while the site serves: nobody is logged out, no request fails, and the old password opens nothing."""

import contextlib
import http.client
import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from rehearsal import tokens
from tests.rehearsal.rig import Prober, Rig, Site

SLIPWAY = Path(sys.executable).with_name("slipway")
VISITORS = 3
LIVE = "cat /etc/slipway/$(readlink /srv/app/live).env"
# Everything that any process was started with, as often as it can be looked.
LISTEN = "while :; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; echo; sleep 0.02; done > /run/arguments"
PLACES = """
set -u
find /etc /srv /var /usr/local /opt /tmp /run -xdev -type f -perm -o=r -print0 | xargs -0 -r grep -lFf /root/patterns
grep -cFf /root/patterns /run/arguments | sed 's/^/arguments: /; /: 0$/d'
journalctl -q --no-pager -o cat | grep -cFf /root/patterns | sed 's/^/journal: /; /: 0$/d'
rm /root/patterns
"""


@dataclass
class Visitor:
    """Logged in to the admin, and there all the time; what was not a page of the admin is kept."""

    rig: Rig
    cookies: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    failed: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def ask(self, site: Site, method: str, path: str, body: str = "") -> http.client.HTTPResponse:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        origin = f"https://{self.rig.host}"
        headers = {"Cookie": cookies, "Referer": f"{origin}/admin/login/", "Origin": origin}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        site.request(method, path, body=body or None, headers=headers)
        answer = site.getresponse()
        answer.read()
        for each in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def log_in(self, user: str, password: str) -> None:
        with contextlib.closing(Site(self.rig)) as site:
            self.ask(site, "GET", "/admin/login/")
            form = {"username": user, "password": password, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
            assert self.ask(site, "POST", "/admin/login/?next=/admin/", urlencode(form)).status == 302

    def stay(self) -> None:
        with contextlib.closing(Site(self.rig)) as site:
            while not self.ended.wait(0.01):
                self.sent += 1
                try:
                    answer = self.ask(site, "GET", "/admin/")
                    if answer.status != 200:
                        self.failed.append(f"request {self.sent}: {answer.status} {answer.headers.get('Location', '')}")
                except (OSError, http.client.HTTPException) as error:
                    self.failed.append(repr(error))
                    site.close()


@contextlib.contextmanager
def logged_in(rig: Rig) -> Iterator[list[Visitor]]:
    """Some visitors of the admin, for as long as the body runs."""
    user, password = f"user{secrets.token_hex(4)}", secrets.token_hex(16)
    script = f"from django.contrib.auth.models import User; User.objects.create_superuser('{user}', '', '{password}')"
    rig.on_host("slipway-host", "manage", "--", "shell", stdin=script)
    visitors = [Visitor(rig) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.log_in(user, password)
    threads = [threading.Thread(target=visitor.stay) for visitor in visitors]
    for thread in threads:
        thread.start()
    try:
        yield visitors
    finally:
        for visitor in visitors:
            visitor.ended.set()
        for thread in threads:
            thread.join()


def slipway(rig: Rig, *arguments: str, code: int = 0) -> str:
    command = [str(SLIPWAY), *arguments, "-s", rig.stack, "-C", str(rig.project), "--rehearsal"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def environment(rig: Rig) -> dict[str, str]:
    """The variables of what serves."""
    text = rig.on_host("sh", "-c", LIVE)
    return dict(re.findall(r'^(\w+)="(.*)"$', text, re.MULTILINE))


def password(values: dict[str, str]) -> str:
    return urlsplit(values["DATABASE_URL"]).password or ""


def enters(rig: Rig, url: str) -> str:
    """What Postgres says to who comes with this URL from the web machine."""
    script = "read -r url; psql --no-psqlrc -At -c 'SELECT current_user' \"$url\" 2>&1 || true"
    return rig.on_host("sh", "-c", script, stdin=url.replace("&conn_max_age=600", "") + "\n").strip()


@pytest.fixture(scope="module")
def arguments_heard(rig: Rig) -> Iterator[None]:
    rig.on_host("systemd-run", "--quiet", "--unit=listen", "sh", "-c", LISTEN)
    yield
    rig.on_host("systemctl", "stop", "listen")
    rig.on_host("rm", "/run/arguments")


def test_visitors_stay_logged_in_while_both_secrets_change(rig: Rig, arguments_heard: None) -> None:
    before = environment(rig)
    with logged_in(rig) as visitors, Prober(rig) as prober:
        said = slipway(rig, "rotate", "secret-key")
        key = environment(rig)
        said += slipway(rig, "rotate", "database-password")
    after = environment(rig)

    assert [visitor.failed for visitor in visitors] == [[]] * VISITORS
    assert all(visitor.sent > 300 for visitor in visitors) and prober.sent > 300 and prober.failed == []
    assert (key["SECRET_KEY_FALLBACKS"], after["SECRET_KEY"]) == (before["SECRET_KEY"], key["SECRET_KEY"])
    assert "SECRET_KEY of generation 2 signs; that of generation 1 is accepted until the next rotation." in said
    assert "uses the password of generation 2; the role of generation 1 cannot log in any more." in said

    kept = [before["SECRET_KEY"], after["SECRET_KEY"], password(before), password(after)]
    assert [secret for secret in kept if secret in said] == []
    assert shown(rig, kept) == ""
    state = [path for path in (rig.home.path / "state").rglob("*") if path.is_file()]
    assert state and not [path for path in state if any(secret.encode() in path.read_bytes() for secret in kept)]

    # Last, for psql has the URL among its arguments.
    assert enters(rig, after["DATABASE_URL"]) == "app_2"
    assert 'password authentication failed for user "app"' in enters(rig, before["DATABASE_URL"])


def shown(rig: Rig, kept: list[str]) -> str:
    """Where on the host anybody can read one of these."""
    rig.on_host("install", "-m", "0600", "/dev/stdin", "/root/patterns", stdin="\n".join(kept) + "\n")
    return rig.on_host("sh", "-c", PLACES)


def test_after_the_rotations_an_update_changes_nothing(rig: Rig) -> None:
    assert set(rig.up().changes()) == {"unchanged"}


def test_a_jump_of_two_is_refused_and_the_site_serves_on(rig: Rig) -> None:
    before = environment(rig)
    for key, number in (("secretKeyGeneration", 4), ("databasePasswordGeneration", 4)):
        rig.configure(**{key: number})
        run = rig.rehearse("up")
        assert run.code == 1 and f"Set slipway:{key} to 2, or to 3 to rotate" in run.text, run.text
        assert rig.get().status == 200 and environment(rig) == before
        rig.configure(**{key: 2})
        rig.up()
    assert enters(rig, before["DATABASE_URL"]) == "app_2"


def test_a_rotation_whose_release_fails_leaves_the_old_secret_and_its_number(rig: Rig) -> None:
    before, file, wsgi = environment(rig), rig.project / "Pulumi.local.yaml", rig.project / "example/config/wsgi.py"
    settings, source = file.read_text(), wsgi.read_text()
    wsgi.write_text(source + "\nraise RuntimeError('broken on purpose')\n")
    try:
        said = slipway(rig, "rotate", "database-password", code=1)
    finally:
        wsgi.write_text(source)
    assert "broken on purpose" in said
    assert said.endswith("slipway:databasePasswordGeneration is 2 again, as what serves.\n")
    assert file.read_text() == settings
    assert rig.get().status == 200 and environment(rig) == before
    [database] = rig.ledger().of(tokens.DB_INSTANCE)
    may = "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'app%' ORDER BY 1"
    assert rig.on("postgres", database, may).split() == ["app|t", "app_2|t", "app_owner|t"]
    rig.up()
    assert rig.on("postgres", database, may).split() == ["app|f", "app_2|t", "app_owner|t"]
    assert rig.get().status == 200
