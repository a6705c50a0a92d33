"""What AWS and the internet give a deployment, all on this computer: DNS, an ACME server, Amazon's trust store,
CloudWatch, instance metadata."""

import hashlib
import json
import socket
import ssl
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from rehearsal import front, network, processes
from rehearsal.authority import Authority
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home

MANAGEMENT_PORT = 15000
# systemd-resolved's list of real servers: its own stub address does not answer to other namespaces.
RESOLVERS = (Path("/run/systemd/resolve/resolv.conf"), Path("/etc/resolv.conf"))
START_SECONDS = 10


def authority(home: Home) -> Authority:
    return Authority(folder=home.path / "authority")


def start(home: Home, region: str, account: str) -> None:
    """Start whichever of them is not running; RehearsalError names a port that is taken."""
    authority(home).ensure()
    (home.path / "services").mkdir(exist_ok=True)
    _names(home).write_text("\n".join(front.names(region)))
    _keep(home, "dns", 53, _dns)
    _keep(home, "internet", 443, lambda home: _front(home, region, account))
    _keep(home, "acme", front.ACME_PORT, _pebble)
    _save_acme_root(home)
    if not processes.pids(name := f"{home.prefix}-metadata"):
        serve = [sys.executable, "-m", "rehearsal.metadata", str(home.path), region, account]
        log = home.path / "services" / "metadata.log"
        processes.start(name, ["ip", "netns", "exec", network.namespace(home), *serve], log)


def _names(home: Home) -> Path:
    """The names that this computer answers for, one a line."""
    return home.path / "services" / "names"


def _keep(home: Home, service: str, port: int, command: Callable[[Home], list[str]]) -> None:
    name = f"{home.prefix}-{service}"
    if processes.pids(name):
        return
    address = (str(home.outside), port)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            raise RehearsalError(
                f"Port {port} is taken on every address of this computer, so the rehearsal's {service} server cannot "
                f"have {address[0]}:{port}: end what listens there (`ss -ltnp sport = :{port}` names it)."
            ) from None
    log = home.path / "services" / f"{service}.log"
    processes.start(name, command(home), log)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            if time.monotonic() > deadline or not processes.pids(name):
                said = log.read_text(errors="replace").strip().splitlines()[-1:] or ["it printed nothing"]
                raise RehearsalError(f"The rehearsal's {service} server does not start: {said[0]}") from None
            time.sleep(0.05)
        else:
            return


def _dns(home: Home) -> list[str]:
    records = home.path / "services" / "records"
    records.touch()
    upstream = next((path for path in RESOLVERS if path.exists()), RESOLVERS[-1])
    return [
        "dnsmasq",
        "--keep-in-foreground",
        "--no-daemon",
        f"--conf-file={records}",
        "--no-hosts",
        "--bind-interfaces",
        f"--listen-address={home.outside}",
        "--except-interface=lo",
        "--user=root",
        f"--resolv-file={upstream}",
        "--local-ttl=1",
        "--no-negcache",
        *(f"--address=/{name}/{home.outside}" for name in _names(home).read_text().split()),
    ]


def _front(home: Home, region: str, account: str) -> list[str]:
    certificate, key = _own_certificate(home)
    place = [str(home.outside), str(certificate), str(key), str(home.path), region, account]
    return [sys.executable, "-m", "rehearsal.front", *place]


def _pebble(home: Home) -> list[str]:
    certificate, key = _own_certificate(home)
    settings = {
        "pebble": {
            "listenAddress": f"{home.outside}:{front.ACME_PORT}",
            "managementListenAddress": f"{home.outside}:{MANAGEMENT_PORT}",
            "certificate": str(certificate),
            "privateKey": str(key),
            "httpPort": 80,
            "tlsPort": 443,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
        }
    }
    path = home.path / "services" / "pebble.json"
    path.write_text(json.dumps(settings))
    # Without these two, pebble sleeps and refuses nonces at random: good for its own clients' tests, not for ours.
    return [
        "env",
        "PEBBLE_VA_NOSLEEP=1",
        "PEBBLE_WFE_NONCEREJECT=0",
        "pebble",
        "-config",
        str(path),
        "-dnsserver",
        f"{home.outside}:53",
    ]


def _own_certificate(home: Home) -> tuple[Path, Path]:
    names = _names(home).read_text().split()
    mark = hashlib.sha256(" ".join(names).encode()).hexdigest()[:8]
    certificate, key = (home.path / "services" / f"internet-{mark}.{part}" for part in ("pem", "key"))
    if not (certificate.exists() and key.exists()):
        texts = authority(home).issue(*names)
        key.touch(mode=0o600)
        key.write_text(texts[1])
        certificate.write_text(texts[0])
    return certificate, key


def _save_acme_root(home: Home) -> None:
    """pebble makes a new root at each start: older ones stay in the file, for certificates issued before."""
    context = ssl.create_default_context(cafile=str(authority(home).root))
    context.check_hostname = False
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(f"https://{home.outside}:{MANAGEMENT_PORT}/roots/0", timeout=10) as answer:
        root = answer.read().decode()
    path = home.acme_root
    known = path.read_text() if path.exists() else ""
    if root not in known:
        path.write_text(root + known)


def publish(home: Home, zones: dict[str, list[str]]) -> None:
    """Answer for these zones and no one else does: zone → dnsmasq options, one for each record."""
    path = home.path / "services" / "records"
    text = "".join(f"local=/{zone}/\n" + "".join(f"{line}\n" for line in lines) for zone, lines in zones.items())
    if path.exists() and path.read_text() == text:
        return
    draft = path.with_name("records.new")
    draft.write_text(text)
    # In this order a run that is killed in between leaves a difference, which the next one sees.
    processes.stop(f"{home.prefix}-dns")
    draft.rename(path)
    _keep(home, "dns", 53, _dns)
