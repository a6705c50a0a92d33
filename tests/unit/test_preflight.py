"""What is missing on a machine is told at once, in sentences; what can be installed is, and starts nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal import kernel, packages, preflight, processes
from rehearsal.errors import RehearsalError
from rehearsal.packages import Need
from tests.unit.machine import Machine, bare

# Stands for what a package brings: apt-get's fake puts a command of the package's name on PATH.
APT = """#!/bin/sh
echo "$*" >>"$0.calls"
case "$1" in
    update) echo >"$0.updated" ;;
    install)
        if [ -n "NEEDS_UPDATE" ] && [ ! -e "$0.updated" ]; then
            echo "E: Unable to locate package pebble" >&2
            exit 100
        fi
        for package in "$@"; do
            command="${0%/*}/$package"
            case "$package" in
                -* | install | DPkg*) ;;
                *) printf '#!/bin/sh\\n' >"$command"; chmod +x "$command" ;;
            esac
        done ;;
esac
"""
# Stands for unshare: without its namespaces the script's mounts are left out, and the command is run.
UNSHARE = """#!/bin/sh
while [ "$1" != -euc ]; do shift; done
shift 3
exec "$@"
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(packages, "SBIN", ())
    monkeypatch.setattr(preflight, "SBIN", ())
    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy-rc.d")
    return bare(tmp_path, monkeypatch, "sh", "chmod")


PEBBLE = Need(name="pebble", package="pebble")
NGINX = Need(name="nginx", package="nginx", services=("nginx",))


def needing(monkeypatch: pytest.MonkeyPatch, *needs: Need, found: tuple[str, ...] = ()) -> None:
    """A rehearsal that needs just these, on a kernel of which `found` is to be said."""
    monkeypatch.setitem(preflight.NEEDS, "rehearsal", needs)
    monkeypatch.setattr(kernel, "findings", lambda place: list(found))


def test_a_machine_that_has_everything_hears_nothing(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    needing(monkeypatch, PEBBLE)
    machine.has("pebble")
    preflight.prepare("rehearsal", machine.progress)
    assert machine.said.getvalue() == ""


def test_missing_packages_are_named_and_installed_without_recommendations(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing(monkeypatch, PEBBLE, Need(name="nft", package="nft"), Need(name="sh", package="dash"))
    machine.has("apt-get", APT.replace("NEEDS_UPDATE", ""))
    machine.has("unshare", UNSHARE)
    preflight.prepare("rehearsal", machine.progress)
    assert machine.said.getvalue().splitlines()[0] == "Installing Debian packages: pebble nft"
    assert machine.calls("apt-get") == [
        "install --yes --quiet --no-install-recommends -o DPkg::Lock::Timeout=300 pebble nft"
    ]


def test_package_lists_are_read_anew_only_when_they_are_too_old(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing(monkeypatch, PEBBLE)
    machine.has("apt-get", APT.replace("NEEDS_UPDATE", "yes"))
    machine.has("unshare", UNSHARE)
    preflight.prepare("rehearsal", machine.progress)
    assert [call.split()[0] for call in machine.calls("apt-get")] == ["install", "update", "install"]
    assert "Reading the package lists anew" in machine.said.getvalue()


def test_a_package_that_cannot_be_installed_is_told_with_apts_own_reason(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing(monkeypatch, PEBBLE)
    machine.has("apt-get", "#!/bin/sh\necho 'E: Unable to locate package pebble' >&2\nexit 100\n")
    machine.has("unshare", UNSHARE)
    with pytest.raises(RehearsalError) as refused:
        preflight.prepare("rehearsal", machine.progress)
    assert str(refused.value) == (
        "apt-get could not install pebble: Unable to locate package pebble. "
        "These are missing, install them: pebble (pebble)."
    )


def test_a_system_without_apt_is_told_all_that_is_amiss_at_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing(monkeypatch, PEBBLE, NGINX, found=("The kernel does not make veth pairs.",))
    with pytest.raises(RehearsalError) as refused:
        preflight.prepare("rehearsal", machine.progress)
    assert str(refused.value) == (
        "The kernel does not make veth pairs.\nThese are missing, install them: pebble (pebble), nginx (nginx)."
    )


def test_nothing_is_installed_on_a_machine_that_cannot_rehearse(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing(monkeypatch, PEBBLE, found=("The kernel does not make veth pairs.",))
    machine.has("apt-get", APT.replace("NEEDS_UPDATE", ""))
    with pytest.raises(RehearsalError, match="veth"):
        preflight.prepare("rehearsal", machine.progress)
    assert machine.calls("apt-get") == []


def test_no_other_system_than_linux_rehearses(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(RehearsalError) as refused:
        preflight.prepare("rehearsal", machine.progress)
    assert str(refused.value) == "Rehearsals boot Linux machines, and this is darwin: use a Linux machine."


def test_an_installed_service_does_not_start_at_the_next_boot(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing(monkeypatch, PEBBLE, NGINX)
    machine.has("apt-get", APT.replace("NEEDS_UPDATE", ""))
    machine.has("unshare", UNSHARE)
    machine.has("systemctl", '#!/bin/sh\necho "$*" >>"$0.calls"\n')
    preflight.prepare("rehearsal", machine.progress)
    assert machine.calls("systemctl") == ["disable --quiet nginx"]


def test_the_file_that_holds_services_back_does_not_stay(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    needing(monkeypatch, PEBBLE)
    machine.has("apt-get", APT.replace("NEEDS_UPDATE", ""))
    machine.has("unshare", UNSHARE)
    packages.POLICY.write_text(packages.PLACEHOLDER)
    preflight.prepare("rehearsal", machine.progress)
    assert not packages.POLICY.exists(), "a placeholder that a killed run left is not removed"


def test_the_owners_own_policy_stays_as_it_is(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    needing(monkeypatch, PEBBLE)
    machine.has("apt-get", APT.replace("NEEDS_UPDATE", ""))
    machine.has("unshare", UNSHARE)
    packages.POLICY.write_text("#!/bin/sh\nexit 0\n")
    preflight.prepare("rehearsal", machine.progress)
    assert packages.POLICY.read_text() == "#!/bin/sh\nexit 0\n"


def test_package_scripts_are_told_to_start_nothing(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: it mounts in a namespace of its own")
    policy = tmp_path / "policy-rc.d"
    policy.write_text(packages.PLACEHOLDER)
    policy.chmod(0o755)
    ask = ["unshare", "--mount", "sh", "-euc", packages.WITHOUT_SERVICES, str(policy), str(policy), "nginx", "start"]
    assert subprocess.run(ask).returncode == 101
    assert subprocess.run([policy]).returncode == 0, "the world outside that namespace sees it too"


def test_this_kernel_can_and_a_trial_leaves_nothing(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: it makes namespaces")
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout.count("slipway")
    assert kernel.findings(tmp_path / "not" / "yet") == []
    assert list(tmp_path.iterdir()) == []
    assert subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout.count("slipway") == links


def test_each_feature_that_the_kernel_lacks_is_told_with_its_reason_and_remedy(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "ROOTS", (tmp_path / "no-cgroups",))
    machine.has("ip")
    machine.has("nft")
    machine.has("mount")
    # Stands for unshare: namespaces can be made, and nothing works in them.
    machine.has("unshare", '#!/bin/sh\n[ "$5" = true ] && exit 0\necho "Operation not supported" >&2\nexit 1\n')
    assert kernel.findings(tmp_path) == [
        "No control group hierarchy is mounted at /sys/fs/cgroup: a machine cannot boot here.",
        f"The kernel does not mount overlay file systems in {tmp_path} (Operation not supported): "
        f"load its module (modprobe overlay), or have {tmp_path} on an ordinary file system.",
        "The kernel does not make veth pairs (Operation not supported): load its module (modprobe veth).",
        "The kernel does not translate addresses with nf_tables (Operation not supported): "
        "load its module (modprobe nft_masq).",
        "The kernel does not forward packets in a network namespace (Operation not supported): "
        "make /proc/sys writable.",
    ]


def test_a_container_without_privileges_is_told_once(machine: Machine, tmp_path: Path) -> None:
    machine.has("unshare", "#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n")
    assert kernel.findings(tmp_path) == [
        "This machine does not let root make mount and network namespaces (unshare failed: Operation not permitted): "
        "rehearse on a machine or virtual machine of its own, or in a privileged container."
    ]


def test_every_need_of_a_rehearsal_is_one_of_the_tests_too() -> None:
    assert set(packages.REHEARSAL) <= set(packages.TEST)
    assert [need for need in packages.REHEARSAL if need.services] == [], "a rehearsal installs no service"
