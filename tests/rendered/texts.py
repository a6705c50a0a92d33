"""Every template as the program renders it, for real tools to judge."""

from __future__ import annotations

from typing import Any

from components.rendering import render_text
from components.system import PACKAGES, UV_VERSION
from components.timeouts import COMMAND_STOP, GUNICORN_GRACEFUL, GUNICORN_WORKER, NGINX_READ, SYSTEMD_STOP

DOMAIN = "example.org"
NAMES = [DOMAIN, f"www.{DOMAIN}"]
SERVER = {"host": "db.example.org", "port": 5432.0, "bundle": "/x.pem"}

# One set of values a way through the template; what has no branches has one.
VALUES: dict[str, list[dict[str, Any]]] = {
    "apt/20auto-upgrades.j2": [{}],
    "apt/install.sh.j2": [{"packages": PACKAGES}],
    "certbot/forget.sh.j2": [{"domain": DOMAIN}],
    "certbot/issue.sh.j2": [
        {"names": [DOMAIN], "server": "https://acme.example.org/directory", "email": ""},
        {"names": NAMES, "server": "https://acme.example.org/directory", "email": "me@example.org"},
    ],
    "certbot/nginx.j2": [{}],
    "cloud-init/agent.sh.j2": [{"region": "eu-central-1"}],
    "cloud-init/user-data.j2": [
        {"private_key": "-----BEGIN\nKEY\n-----END\n", "public_key": "ssh-ed25519 AAAA\n", "first_boot": script}
        for script in ("", render_text("cloud-init/agent.sh.j2", region="eu-central-1"))
    ],
    "gunicorn/gunicorn.conf.py.j2": [{"timeout": GUNICORN_WORKER, "graceful_timeout": GUNICORN_GRACEFUL}],
    "nginx/nginx.conf.j2": [{"names": NAMES}, {"names": [DOMAIN]}],
    "nginx/site.conf.j2": [
        {"names": names, "health_path": "/healthy/", "read_timeout": NGINX_READ} for names in (NAMES, [DOMAIN])
    ],
    "nftables/metadata.nft.j2": [{}],
    "rds/bundle.sh.j2": [{}],
    "remote/put_file.sh.j2": [
        {"path": "/etc/x", "mode": "0644", "owner": "root", "group": "root", "then": ""},
        {"path": "/etc/x y", "mode": "0644", "owner": "root", "group": "root", "then": "x -t && systemctl reload 'x'"},
    ],
    "slipway-host/activate.sh.j2": [{"release": "0123456789ab", "config_digest": "ab12", "rules_digest": "cd34"}],
    "slipway-host/colour.env.j2": [{"variables": {"NAME": "value"}}],
    "slipway-host/database-url.j2": [
        {"role": "app", "password": "x", "host": "db.example.org", "port": 5432, "bundle": "/x.pem"}
    ],
    "slipway-host/database.sh.j2": [
        {**SERVER, "replica": replica, "role": "app", "other_role": "app_2", "owner": "app_owner", "generation": 1}
        for replica in (None, "copy.example.org")
    ],
    "slipway-host/install.sh.j2": [{"archive": "/var/tmp/slipway/host-0123.tar.gz"}],
    "slipway-host/prepare.sh.j2": [
        {"release": "0123456789ab", "archive": "/x.tar.gz", "manage": "my site/manage.py", "settings": "", "wsgi": ""},
        {"release": "0123456789ab", "archive": "/x.tar.gz", "manage": "manage.py", "settings": "a.b", "wsgi": "a.c:d"},
    ],
    "slipway-host/retire.sh.j2": [{**SERVER, "replica": r, "role": "app"} for r in (None, "copy.example.org")],
    "slipway-host/volume.sh.j2": [{"volume": "vol-0123456789abcdef0", "size_gb": 10.0}],
    "ssh/10-slipway.conf.j2": [{}],
    "ssh/authorized_keys2.j2": [{"public_key": "ssh-ed25519 AAAA me"}, {"public_key": ""}],
    "system/ready.sh.j2": [{"user": "admin"}],
    "system/user.sh.j2": [{}],
    "systemd/app.socket.j2": [{}],
    "systemd/app@.service.j2": [{"stop_timeout": SYSTEMD_STOP}],
    "systemd/process@.service.j2": [{"stop_timeout": COMMAND_STOP}],
    "systemd/schedule@.service.j2": [{"stop_timeout": COMMAND_STOP}],
    "systemd/slipway-mend.service.j2": [{}],
    "systemd/slipway-metadata.service.j2": [{}],
    "systemd/slipway-report.service.j2": [{}],
    "systemd/slipway-report.timer.j2": [{}],
    "ufw/enable.sh.j2": [{}],
    "uv/install.sh.j2": [{"version": UV_VERSION}],
    "uv/requirements.txt.j2": [{"version": UV_VERSION}],
}


def rendered(template: str) -> list[str]:
    """The texts of a template, one for each set of its values."""
    return [render_text(template, **values) for values in VALUES[template]]
