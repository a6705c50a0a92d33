"""The stand-in agent as the .deb that Amazon's bucket would hold."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from rehearsal.shell import run

HERE = Path(__file__).parent
# What goes where: Debian's own part of the package, the program and its unit.
PARTS = {
    "control": ("DEBIAN/control", 0o644),
    "postinst": ("DEBIAN/postinst", 0o755),
    "amazon_ssm_agent.py": ("usr/bin/amazon-ssm-agent", 0o755),
    "amazon-ssm-agent.service": ("usr/lib/systemd/system/amazon-ssm-agent.service", 0o644),
}


@cache
def built() -> bytes:
    """The package, made now; it is the same for every architecture."""
    with tempfile.TemporaryDirectory(prefix="slipway-agent-") as scratch:
        tree, package = Path(scratch, "tree"), Path(scratch, "agent.deb")
        for source, (path, mode) in PARTS.items():
            target = tree / path
            target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            shutil.copyfile(HERE / source, target)
            target.chmod(mode)
        run(["dpkg-deb", "--root-owner-group", "--build", str(tree), str(package)])
        return package.read_bytes()
