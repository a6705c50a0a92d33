"""The rules that keep the project's code from the metadata service, in a kernel's real tables."""

from __future__ import annotations

import grp
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.rendered.texts import rendered

STRANGER = "www-data"  # stands for the group of the app
REACH = """
import os, socket, sys
if sys.argv[1] != "root":
    os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[2]))
asking = socket.socket()
asking.settimeout(2)
try:
    asking.connect((sys.argv[3], 80))
    print("reached")
except ConnectionRefusedError:
    print("refused")
"""
# A namespace of its own, in which this machine is the metadata service; the rules are loaded twice, as a restart does.
SCRIPT = """
set -eu
ip link set lo up
ip address add 169.254.169.254/32 dev lo
python3 -c 'import socket, time; s = socket.create_server(("", 80)); time.sleep(20)' &
sleep 0.5
nft -f "$1"
nft -f "$1"
for place in 169.254.169.254 127.0.0.1; do
    python3 "$2" root 0 $place
    python3 "$2" "$3" "$4" $place
    python3 "$2" "$3" "$5" $place
done
kill $!
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a network namespace")
@pytest.mark.skipif(not shutil.which("nft"), reason="nft is not here: apt-get install nftables")
def test_the_group_of_the_app_cannot_reach_the_metadata_service_and_root_can(tmp_path: Path) -> None:
    (rules,) = rendered("nftables/metadata.nft.j2")
    assert rules.count("meta skgid app ") == 1
    (tmp_path / "rules").write_text(rules.replace("skgid app ", f"skgid {STRANGER} "))
    (tmp_path / "reach.py").write_text(REACH)
    group = str(grp.getgrnam(STRANGER).gr_gid)
    result = subprocess.run(
        ["unshare", "--net", "sh", "-c", SCRIPT, "sh", tmp_path / "rules", tmp_path / "reach.py", group, "33", "65534"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["reached", "refused", "refused", "reached", "reached", "reached"]
