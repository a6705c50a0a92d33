"""The app's database and its two roles, on a real Postgres with a master who is no superuser."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from slipway_host import cli, database
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.psql import Server

from tests.host.host_postgres import Postgres
from tests.host.host_standins import folder_for_everybody


def set_up(server: Postgres, monkeypatch: pytest.MonkeyPatch, password: str, *, name: str, master: str = "") -> int:
    """`slipway-host database`, as the program calls it."""
    secrets = {
        "master_user": "master",
        "master_password": master or server.master_password,
        "owner_password": f"owner-{password}",
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
        "--owner",
        f"{name}_owner",
    ]
    with folder_for_everybody() as folder:
        return cli.main(["database", *options], Paths(root=folder))


def ask(server: Postgres, role: str, password: str, query: str, name: str = "") -> subprocess.CompletedProcess[str]:
    """What the role is answered in its own (or another) database."""
    place = f"host={server.host} port={server.port} user={role} dbname={name or role} sslmode=verify-full"
    command = ["psql", "-XAt", f"{place} sslrootcert={server.ca}", "-c", query]
    return subprocess.run(
        command, env={"PGPASSWORD": password, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )


def migrate(server: Postgres, name: str, statements: str, password: str = "first-password") -> str:
    """What the role that owns the database does to its tables."""
    done = ask(server, f"{name}_owner", f"owner-{password}", statements, name)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_neither_role_can_do_anything_outside_the_database(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up(database_server, monkeypatch, "first-password", name="app") == 0
    for role, password in (("app", "first-password"), ("app_owner", "owner-first-password")):
        rights = (
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls "
            f"FROM pg_roles WHERE rolname = '{role}'"
        )
        assert ask(database_server, role, password, rights, "app").stdout == "f\n"
        assert "permission denied" in ask(database_server, role, password, "CREATE DATABASE more", "app").stderr


def test_the_app_works_with_the_rows_of_tables_that_migrations_make_later(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up(database_server, monkeypatch, "first-password", name="rows") == 0
    migrate(
        database_server,
        "rows",
        "CREATE TABLE t (id serial PRIMARY KEY, x int); CREATE VIEW v AS SELECT x FROM t; "
        "CREATE SCHEMA extra; CREATE TABLE extra.u (id bigint GENERATED ALWAYS AS IDENTITY, x int)",
    )
    for table in ("t", "extra.u"):
        worked = ask(
            database_server,
            "rows",
            "first-password",
            f"INSERT INTO {table} (x) VALUES (1), (2); UPDATE {table} SET x = 3 WHERE x = 2; "
            f"DELETE FROM {table} WHERE x = 1; SELECT x FROM {table}",
        )
        assert worked.stdout.splitlines()[-1:] == ["3"], worked.stderr
    assert ask(database_server, "rows", "first-password", "SELECT x FROM v").stdout == "3\n"
    assert ask(database_server, "rows", "first-password", "CREATE TEMPORARY TABLE mine ()").returncode == 0


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more ()",
        "CREATE SCHEMA more",
        "CREATE EXTENSION hstore",
        "ALTER TABLE t ADD y int",
        "DROP TABLE t",
        "TRUNCATE t",
        "CREATE INDEX ON t (x)",
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "GRANT ALL ON t TO PUBLIC",
        "ALTER DATABASE ddl SET search_path TO nowhere",
        "SET ROLE ddl_owner",
    ],
)
def test_the_app_cannot_change_what_migrations_made(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    assert set_up(database_server, monkeypatch, "first-password", name="ddl") == 0
    migrate(database_server, "ddl", "DROP TABLE IF EXISTS t; CREATE TABLE t (x int)")
    refused = ask(database_server, "ddl", "first-password", f"SET client_min_messages = warning; {statement}")
    granted = ask(database_server, "ddl", "first-password", "SELECT has_table_privilege('public', 't', 'SELECT')")
    assert refused.returncode == 1 or (statement.startswith("GRANT") and granted.stdout == "f\n")
    assert (
        "permission denied" in refused.stderr or "must be owner" in refused.stderr or "no privileges" in refused.stderr
    )


def test_what_the_app_once_owned_changes_hands_with_its_rows(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up(database_server, monkeypatch, "first-password", name="old") == 0
    # As slipway-host did it before there were two roles.
    ask(database_server, "master", database_server.master_password, "ALTER DATABASE old OWNER TO old", "old")
    made = ask(
        database_server, "old", "first-password", "CREATE TABLE t (id serial, x int); INSERT INTO t (x) VALUES (7)"
    )
    assert made.returncode == 0, made.stderr
    assert set_up(database_server, monkeypatch, "first-password", name="old") == 0
    assert "must be owner" in ask(database_server, "old", "first-password", "ALTER TABLE t ADD y int").stderr
    migrate(database_server, "old", "ALTER TABLE t ADD y int")
    kept = ask(database_server, "old", "first-password", "INSERT INTO t (x) VALUES (8); SELECT count(*) FROM t")
    assert kept.stdout.splitlines()[-1:] == ["2"], kept.stderr


def test_the_app_never_finds_a_right_missing_while_its_rights_are_set_again(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up(database_server, monkeypatch, "first-password", name="busy") == 0
    migrate(database_server, "busy", "CREATE TABLE t (x int)")
    place = f"host={database_server.host} port={database_server.port} user=busy dbname=busy"
    command = ["psql", "-XAt", "-v", "ON_ERROR_STOP=1", f"{place} sslmode=verify-full sslrootcert={database_server.ca}"]
    with subprocess.Popen(
        command,
        env={"PGPASSWORD": "first-password", "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as app:
        assert app.stdin and app.stderr
        app.stdin.write("INSERT INTO t VALUES (1);\n" * 20000)
        app.stdin.close()
        for _ in range(3):
            assert set_up(database_server, monkeypatch, "first-password", name="busy") == 0
        assert app.wait(60) == 0, app.stderr.read()


def test_one_role_for_both_is_refused() -> None:
    server = Server(host="127.0.0.1", port=1, ca=Path("/none"))
    secrets = database.Secrets(master_user="m", master_password="m", owner_password="o", password="p")
    with pytest.raises(Failure, match=r"^The role that serves and the one that owns cannot both be app:"):
        database.ensure(server, secrets, "app", "app", "app")


def test_a_second_run_changes_the_password_and_keeps_the_data(
    database_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set_up(database_server, monkeypatch, "first-password", name="twice") == 0
    migrate(database_server, "twice", "CREATE TABLE kept ()")
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
    server = Server(host=database_server.host, port=database_server.port, ca=other)
    secrets = database.Secrets(
        master_user="master", master_password=database_server.master_password, owner_password="o", password="x"
    )
    with pytest.raises(Failure, match="is not vouched for by"):
        database.ensure(server, secrets, "app", "app", "app_owner")


def test_names_that_would_be_sql_are_refused() -> None:
    server = Server(host="127.0.0.1", port=1, ca=Path("/none"))
    secrets = database.Secrets(master_user="m", master_password="m", owner_password="o", password="p")
    with pytest.raises(Failure, match="is no name for a database or a role"):
        database.ensure(server, secrets, 'app"; DROP', "app", "app_owner")


def test_input_that_is_no_json_is_refused_without_repeating_it() -> None:
    with pytest.raises(
        Failure, match=r"^database expects JSON with master_user, master_password, owner_password, password"
    ):
        database.read_secrets("a-secret that is not JSON")
