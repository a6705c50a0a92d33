"""What the host can say about itself, in the units of its metrics."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from slipway_host.reporting import site

Metrics = dict[str, tuple[float, str]]  # name → value and CloudWatch's word for its unit


def measure(domain: str, root: Path = Path("/")) -> Metrics:
    """Everything that can be measured now. What cannot is left out: an absent value is no lie."""
    seen = site.look(domain)
    metrics: Metrics = {
        "MemoryUsedPercent": (memory_used_percent((root / "proc/meminfo").read_text()), "Percent"),
        "DiskUsedPercent": (disk_used_percent(root), "Percent"),
        "SiteAnswers": (float(seen.answers), "None"),
    }
    if seen.certificate_ends is not None:
        metrics["CertificateDaysLeft"] = ((seen.certificate_ends - time.time()) / 86400, "None")
    return metrics


def memory_used_percent(meminfo: str) -> float:
    """What programs hold of all memory; the page cache, which Linux gives back, is not counted."""
    kib = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB$", meminfo, re.MULTILINE)}
    return 100 * (1 - kib["MemAvailable"] / kib["MemTotal"])


def disk_used_percent(path: Path) -> float:
    """As df says it: of what may be used without root's reserve."""
    disk = os.statvfs(path)
    used = disk.f_blocks - disk.f_bfree
    return 100 * used / (used + disk.f_bavail)
