"""The files a machine is born with: what a cloud image and its metadata service would give it."""

import json
import os
import subprocess
from pathlib import Path

from rehearsal import registry, services
from rehearsal.homes import Home

Files = dict[str, tuple[str, int]]

HOST_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
HOST_EXTRA = Path("/usr/local/share/ca-certificates")
PIP_SETTINGS = (
    Path("/etc/pip.conf"),
    Path("~/.config/pip/pip.conf").expanduser(),
    Path("~/.pip/pip.conf").expanduser(),
)
USER_DATA = "/var/lib/cloud/seed/nocloud/user-data"


def surroundings(home: Home) -> Files:
    """The cloud's resolver and authority, and this computer's own way to the package mirrors."""
    root = services.authority(home).root.read_text()
    files = {
        "/etc/resolv.conf": (f"nameserver {home.outside}\noptions timeout:2 attempts:3\n", 0o644),
        "/etc/ssl/certs/ca-certificates.crt": (_text(HOST_BUNDLE) + root, 0o644),
        "/usr/local/share/ca-certificates/slipway-rehearsal.crt": (root, 0o644),
        "/etc/apt/apt.conf.d/90mirror": (_apt_settings(), 0o644),
    }
    for extra in sorted(HOST_EXTRA.glob("*.crt")):
        files[f"/usr/local/share/ca-certificates/{extra.name}"] = (extra.read_text(), 0o644)
    return files | _python_index()


def seed(*, instance: str, hostname: str, public_key: str, user_data: str) -> Files:
    """A NoCloud seed: the real cloud-init in the machine reads it as it would read EC2's metadata service."""
    metadata = {"instance-id": instance, "local-hostname": hostname, "public-keys": [public_key]}
    return {
        "/var/lib/cloud/seed/nocloud/meta-data": (json.dumps(metadata), 0o600),
        USER_DATA: (user_data_text(user_data), 0o600),
    }


def user_data_text(given: str) -> str:
    """The user data as a machine holds it: NoCloud insists on a file that cloud-init can read."""
    return given or "#cloud-config\n{}\n"


def _python_index() -> Files:
    """The package index this computer uses, for pip and uv in the machine; it may hold a password."""
    told = next((path.read_text() for path in PIP_SETTINGS if path.exists()), None)
    files = {"/etc/pip.conf": (told, 0o600)} if told else {}
    if index := registry.environment().get("UV_DEFAULT_INDEX"):
        files.setdefault("/etc/pip.conf", (f"[global]\nindex-url = {index}\n", 0o600))
        files["/etc/uv/uv.toml"] = (f'[[index]]\nurl = "{index}"\ndefault = true\n', 0o600)
    return files


def _apt_settings() -> str:
    """This computer's proxies for apt, if it has any."""
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    proxies = [line for line in dump.splitlines() if line.startswith("Acquire::") and "::Proxy" in line]
    for variable in ("http_proxy", "https_proxy"):
        if value := os.environ.get(variable):
            proxies.append(f'Acquire::{variable.removesuffix("_proxy")}::Proxy "{value}";')
    return "".join(f"{line}\n" for line in proxies)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
