"""Let uv reach the package index the way pip has been told to on this machine: same mirror, same certificates."""

import configparser
import os
from pathlib import Path

SYSTEM_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")


def environment() -> dict[str, str]:
    """The current environment with what pip knows and uv would not; uv's own variables win."""
    told = {
        "UV_DEFAULT_INDEX": _pip("index-url"),
        "UV_INDEX": _pip("extra-index-url"),
        "SSL_CERT_FILE": _pip("cert") or os.environ.get("REQUESTS_CA_BUNDLE", ""),
        # Company networks put their own root into the system's store.
        "UV_SYSTEM_CERTS": "true" if SYSTEM_ROOTS.exists() else "",
    }
    return {name: value for name, value in told.items() if value} | dict(os.environ)


def _pip(option: str) -> str:
    if value := os.environ.get("PIP_" + option.upper().replace("-", "_")):
        return value
    home = Path.home()
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", home / ".config" / "pip" / "pip.conf"]
    if named := os.environ.get("PIP_CONFIG_FILE"):
        files.append(Path(named))
    config = configparser.RawConfigParser()
    try:
        config.read(files)
    except configparser.Error:
        return ""
    return " ".join(config.get("global", option, fallback="").split())
