"""The units, verified by systemd."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from slipway_host.processes import FINISH, PATIENCE, timer_file

from components.timeouts import COMMAND_STOP, GUNICORN_GRACEFUL, GUNICORN_WORKER, NGINX_READ, SYSTEMD_STOP
from tests.rendered.texts import rendered


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units in a folder, with an ExecStart that exists here."""
    (service,) = rendered("systemd/app@.service.j2")
    command = "/srv/app/%i/venv/bin/gunicorn"
    assert service.count(f"ExecStart={command} ") == 1
    (tmp_path / "app@.service").write_text(service.replace(command, "/bin/true"))
    for kind in ("process", "schedule"):
        (command,) = rendered(f"systemd/{kind}@.service.j2")
        assert command.count("ExecStart=/srv/app/live/venv/bin/python -m slipway_production.command ") == 1
        (tmp_path / f"{kind}@.service").write_text(command.replace("/srv/app/live/venv/bin/python", "/bin/true"))
    (tmp_path / "schedule@report.timer").write_text(timer_file("report", "Mon..Fri 06:30"))
    (metadata,) = rendered("systemd/slipway-metadata.service.j2")
    (tmp_path / "slipway-metadata.service").write_text(metadata.replace("/usr/sbin/nft", "/bin/true"))
    (tmp_path / "app.socket").write_text(rendered("systemd/app.socket.j2")[0])
    (report,) = rendered("systemd/slipway-report.service.j2")
    assert report.count("ExecStart=/usr/local/bin/slipway-host report ") == 1
    (tmp_path / "slipway-report.service").write_text(report.replace("/usr/local/bin/slipway-host", "/bin/true"))
    (mend,) = rendered("systemd/slipway-mend.service.j2")
    (tmp_path / "slipway-mend.service").write_text(mend.replace("/usr/local/bin/slipway-host", "/bin/true"))
    (tmp_path / "slipway-report.timer").write_text(rendered("systemd/slipway-report.timer.j2")[0])
    return tmp_path


def analyze(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_COLORS": "0", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "unit",
    [
        "app.socket",
        "app@blue.service",
        "app@green.service",
        "process@mail.service",
        "schedule@report.service",
        "schedule@report.timer",
        "slipway-mend.service",
        "slipway-metadata.service",
        "slipway-report.service",
        "slipway-report.timer",
    ],
)
def test_systemd_understands_every_line(units: Path, unit: str) -> None:
    result = analyze(units, "verify", "--man=no", "--recursive-errors=no", str(units / unit))
    assert (result.returncode, [line for line in result.stderr.splitlines() if str(units) in line]) == (0, [])


@pytest.mark.parametrize("unit", ["app@", "process@", "schedule@"])
def test_nothing_of_the_app_starts_before_the_volume_of_the_uploads(units: Path, unit: str) -> None:
    assert "RequiresMountsFor=/srv/app/media" in (units / f"{unit}.service").read_text().splitlines()


def test_the_app_cannot_reach_the_metadata_service() -> None:
    (service,) = rendered("systemd/app@.service.j2")
    assert "IPAddressDeny=169.254.169.254/32" in service.splitlines()


@pytest.mark.parametrize("unit", ["app@blue.service", "process@mail.service", "schedule@report.service"])
def test_what_runs_the_project_leaves_little_exposed(units: Path, unit: str) -> None:
    # Offline, systemd 252 does not take a template: an instance's name does.
    kind, _, name = unit.removesuffix(".service").partition("@")
    (units / unit).write_text((units / f"{kind}@.service").read_text().replace("%i", name))
    result = analyze(units, "security", "--offline=true", "--threshold=14", str(units / unit))
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", result.stdout)
    assert float(exposure) <= 1.4, result.stdout
    assert result.returncode == 0


def test_the_reporter_reads_logs_and_can_do_little_else(units: Path) -> None:
    result = analyze(units, "security", "--offline=true", "--threshold=20", str(units / "slipway-report.service"))
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", result.stdout)
    assert float(exposure) <= 2.0, result.stdout
    assert {"DynamicUser=yes", "SupplementaryGroups=adm systemd-journal", "Type=oneshot"} <= set(
        (units / "slipway-report.service").read_text().splitlines()
    )


def test_a_report_is_over_before_the_next(units: Path) -> None:
    assert "OnCalendar=minutely" in (units / "slipway-report.timer").read_text().splitlines()
    (seconds,) = re.findall(r"^TimeoutStartSec=(\d+)$", (units / "slipway-report.service").read_text(), re.MULTILINE)
    assert int(seconds) < 60


def test_both_colours_take_the_socket_over_and_only_nginx_may_open_it(units: Path) -> None:
    socket, service = (units / "app.socket").read_text(), (units / "app@.service").read_text()
    assert {"ListenStream=/run/app.sock", "SocketMode=0660", "SocketGroup=www-data", "Backlog=4096"} <= set(
        socket.splitlines()
    )
    assert {
        "Sockets=app.socket",
        "NonBlocking=yes",
        "Type=notify",
        "Restart=always",
        "StartLimitIntervalSec=0",
        "User=app",
    } <= set(service.splitlines())


def test_a_release_cannot_hide_a_value_of_the_colour_file_behind_its_own(units: Path) -> None:
    lines = (units / "app@.service").read_text().splitlines()
    files = [line for line in lines if line.startswith("EnvironmentFile=")]
    assert files == ["EnvironmentFile=/etc/slipway/%i.env", "EnvironmentFile=/srv/app/%i/release.env"], "later ones win"


def test_every_timeout_outlasts_the_one_within_it() -> None:
    assert GUNICORN_WORKER < GUNICORN_GRACEFUL < SYSTEMD_STOP < NGINX_READ


def test_a_process_is_always_started_again_and_has_time_to_end(units: Path) -> None:
    process, run = (units / "process@.service").read_text(), (units / "schedule@.service").read_text()
    assert {"Type=exec", "Restart=always", "StartLimitIntervalSec=0", "KillMode=mixed"} <= set(process.splitlines())
    assert {"Type=oneshot", "KillMode=mixed"} <= set(run.splitlines()) and "Restart=" not in run
    for text in (process, run):
        assert {"User=app", "EnvironmentFile=/etc/slipway/live.env", f"TimeoutStopSec={COMMAND_STOP}"} <= set(
            text.splitlines()
        )
    assert FINISH + COMMAND_STOP <= PATIENCE, "a release waits until what it stopped has ended"
