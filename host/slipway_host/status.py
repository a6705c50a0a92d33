"""What this host is doing right now, for people and for programs."""

from __future__ import annotations

import shutil
import time
from dataclasses import asdict
from typing import Any

from slipway_host import activations, colours, held, history, lock, maintenance, rotation, rules
from slipway_host.paths import Paths
from slipway_host.reporting.site import look
from slipway_host.services import Services


def status(paths: Paths, services: Services) -> dict[str, Any]:
    """Everything that `slipway status` shows; changes nothing and waits for nobody."""
    wanted = rules.read(paths)
    live = colours.live(paths)
    listing = history.listing(paths, activations.live(paths))
    disk = shutil.disk_usage(paths.app) if paths.app.is_dir() else None
    return {
        "domain": wanted.domain,
        "live": serving(paths, services, live, listing) if live else None,
        "idle": colour(paths, colours.other(live)) if colours.wears(paths, colours.other(live)).release else None,
        "held": [asdict(each) for each in held.read(paths)],
        "maintenance": maintenance.current(paths) is not None,
        "generations": rotation.generations(rotation.serving(paths)),
        "units": services.units(),
        "last": listing[0] if listing else None,
        "disk": {"free_bytes": disk.free, "total_bytes": disk.total} if disk else None,
        "certificate_days": certificate_days(wanted.domain),
        "busy": lock.holder(paths.lock),
    }


def serving(paths: Paths, services: Services, live: str, listing: list[dict[str, Any]]) -> dict[str, Any]:
    """The colour that serves; what was told of its code when it was released."""
    known = colour(paths, live)
    advice = next(
        (entry["advice"] for entry in listing if entry["release"] == known["release"] and entry["advice"]), ()
    )
    return known | {"since": since(listing), "active": services.active(live), "advice": list(advice)}


def colour(paths: Paths, name: str) -> dict[str, Any]:
    return {"release": colours.wears(paths, name).release, "colour": name}


def since(listing: list[dict[str, Any]]) -> str | None:
    return next((str(entry["activated_at"]) for entry in listing if entry["live"]), None)


def certificate_days(domain: str) -> int | None:
    """Whole days that the certificate that nginx serves is still good for."""
    ends = look(domain).certificate_ends if domain else None
    return int((ends - time.time()) // 86400) if ends is not None else None


def sentences(now: dict[str, Any]) -> list[str]:
    """The same for people, a line each."""
    live = now["live"]
    lines = ["status: no release is live"]
    if live:
        running = "serves" if live["active"] else "is down"
        lines = [f"status: release {live['release']} {running} ({live['colour']}, since {live['since']})"]
        lines += [f"status: note: {each}" for each in live["advice"]]
    for each in now["units"]:
        lines.append(f"status: {each['name']} is {each['state']}{', since ' if each['since'] else ''}{each['since']}")
    lines += [f"status: release {each['release']} is held ({each['reason']})" for each in now["held"]]
    if now["disk"]:
        lines.append(f"status: {now['disk']['free_bytes'] >> 20} MiB of the disk are free")
    if now["busy"]:
        lines.append(f"status: at work: {now['busy']}")
    return lines
