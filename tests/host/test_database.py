"""The app's role and database, on a real Postgres with a master who is no superuser."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from slipway_host import cli, database
from slipway_host.errors import Failure

from tests.host.host_postgres import Postgres


def set_up(server: Postgres, monkeypatch: pytest.MonkeyPatch, password: str, *, name: str, master: str = "") -> int:
    """`slipway-host database`, as the program calls it."""
    secrets = {
        "master_user": "master",
        "master_password": master or server.master_password,
        "password": password,
    }
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(secrets)))
    options = [
        "--host",
        server.host,
        "--port",
        str(server.port),
        "--ca",
        str(server.ca),
        "--name",
        name,
        "--role",
        name,
    ]
    return cli.main(["database", *options])


def ask(server: Postgres, role: str, password: str, query: str, name: str = "") -> subprocess.CompletedProcess[str]:
    """What the role is answered in its own (or another) database."""
    place = f"host={server.host} port={server.port} user={role} dbname={name or role} sslmode=verify-full"
    command = ["psql", "-XAt", f"{place} sslrootcert={server.ca}", "-c", query]
    return subprocess.run(
        command, env={"PGPASSWORD": password, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )


def test_the_role_owns_its_database_and_can_do_nothing_else(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up(database_server, monkeypatch, "first-password", name="app") == 0
    made = ask(
        database_server, "app", "first-password", "CREATE TABLE t (x int); INSERT INTO t VALUES (1); SELECT x FROM t"
    )
    assert made.stdout.splitlines()[-1:] == ["1"], made.stderr
    rights = "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication FROM pg_roles WHERE rolname = 'app'"
    assert ask(database_server, "app", "first-password", rights).stdout == "f\n"
    assert "permission denied" in ask(database_server, "app", "first-password", "CREATE DATABASE more").stderr


def test_a_second_run_changes_the_password_and_keeps_the_data(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up(database_server, monkeypatch, "first-password", name="twice") == 0
    assert ask(database_server, "twice", "first-password", "CREATE TABLE kept ()").returncode == 0
    assert set_up(database_server, monkeypatch, "second-password", name="twice") == 0
    assert ask(database_server, "twice", "second-password", "SELECT count(*) FROM kept").stdout == "0\n"
    assert "authentication failed" in ask(database_server, "twice", "first-password", "SELECT 1").stderr


def test_another_role_cannot_enter(database_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        assert set_up(database_server, monkeypatch, "some-password", name=name) == 0
    assert (
        "permission denied for database" in ask(database_server, "two", "some-password", "SELECT 1", name="one").stderr
    )


def test_a_wrong_master_password_is_one_sentence_without_it(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_up(database_server, monkeypatch, "some-password", name="app", master="wrong-password") == 1
    said = capsys.readouterr().err
    assert said.splitlines()[-1] == (
        f"slipway-host: Postgres at 127.0.0.1:{database_server.port} refuses the master's password: "
        "it was changed outside of this stack."
    )
    assert "wrong-password" not in said and "some-password" not in said


def test_a_certificate_that_nobody_vouches_for_is_refused(database_server: Postgres, tmp_path: Path) -> None:
    other = tmp_path / "ca.pem"
    other.write_text(Path("/etc/ssl/certs/ca-certificates.crt").read_text())
    server = database.Server(host=database_server.host, port=database_server.port, ca=other)
    secrets = database.Secrets(master_user="master", master_password=database_server.master_password, password="x")
    with pytest.raises(Failure, match="is not vouched for by"):
        database.ensure(server, secrets, "app", "app")


def test_names_that_would_be_sql_are_refused() -> None:
    server = database.Server(host="127.0.0.1", port=1, ca=Path("/none"))
    secrets = database.Secrets(master_user="m", master_password="m", password="p")
    with pytest.raises(Failure, match="is no name for a database or a role"):
        database.ensure(server, secrets, 'app"; DROP', "app")


def test_input_that_is_no_json_is_refused_without_repeating_it() -> None:
    with pytest.raises(Failure, match=r"^database expects JSON with master_user, master_password and password"):
        database.read_secrets("a-secret that is not JSON")
