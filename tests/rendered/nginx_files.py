"""The configuration of nginx in a folder of its own, for the nginx of this machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.rendered.texts import DOMAIN, rendered


def version(command: list[str], pattern: str) -> tuple[int, ...]:
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(pattern, result.stdout + result.stderr)
    assert found, f"{command} does not say its version"
    return tuple(int(part) for part in found[1].split("."))


def adapted(text: str, folder: Path) -> str:
    """The same configuration, with its files in `folder`, for the nginx and OpenSSL of this machine.

    Debian 13, which it is written for, has nginx 1.26 and OpenSSL 3.5; what older ones do not know is taken out.
    """
    for root in ("/etc/nginx/sites", "/etc/letsencrypt", "/var/log/nginx", "/run/nginx.pid", "/var/www", "/srv/app"):
        text = text.replace(root, f"{folder}{root}")
    if version(["nginx", "-v"], r"nginx/([\d.]+)") < (1, 25, 1):
        text = text.replace("http2 on;", "")
    if version(["openssl", "version"], r"OpenSSL ([\d.]+)") < (3, 5):
        text = text.replace("X25519MLKEM768:", "")
    return text


def configured(folder: Path) -> Path:
    """Puts the configuration of a host before it has a certificate into a folder."""
    for name in ("etc/nginx/sites", "var/log/nginx", "run"):
        (folder / name).mkdir(parents=True)
    (folder / "nginx.conf").write_text(adapted(rendered("nginx/nginx.conf.j2")[0], folder))
    return folder


def certified(folder: Path) -> Path:
    """Adds a certificate, and the site over HTTPS."""
    live = folder / "etc/letsencrypt/live" / DOMAIN
    live.mkdir(parents=True)
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    files = ["-keyout", str(live / "privkey.pem"), "-out", str(live / "fullchain.pem")]
    subprocess.run([*request.split(), "-subj", f"/CN={DOMAIN}", *files], check=True, capture_output=True)
    (folder / "etc/nginx/sites/site.conf").write_text(adapted(rendered("nginx/site.conf.j2")[0], folder))
    return folder
