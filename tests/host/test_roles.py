"""The two roles that serve by turns, on a real Postgres: nothing that serves ever loses its database."""

from __future__ import annotations

import io
import json
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from slipway_host import activations, cli, colours, database, files
from slipway_host.colours import Dress
from slipway_host.errors import Failure
from slipway_host.paths import Paths
from slipway_host.psql import Login, Server

from tests.host.host_postgres import Postgres
from tests.host.host_standins import host

WORK = "INSERT INTO t (x) VALUES (1); SELECT count(*) > 0 FROM t"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A host whose app has two roles, each named after its database."""

    paths: Paths
    postgres: Postgres
    monkeypatch: pytest.MonkeyPatch
    name: str

    def role(self, generation: int) -> str:
        return (f"{self.name}_2", self.name)[generation % 2]

    def password(self, generation: int) -> str:
        return f"secret-{generation}-of-{self.name}"

    def step(self, command: str, secrets: dict[str, str], *options: str) -> int:
        """One command of slipway-host, as the program calls it."""
        master = {"master_user": "master", "master_password": self.postgres.master_password}
        self.monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({**master, **secrets})))
        place = ["--host", self.postgres.host, "--port", str(self.postgres.port), "--ca", str(self.postgres.ca)]
        return cli.main([command, *place, *options], self.paths)

    def database(self, generation: int, *options: str) -> int:
        role, other, owner = self.role(generation), self.role(generation + 1), f"{self.name}_owner"
        names = ["--name", self.name, "--role", role, "--other-role", other, "--owner", owner]
        names += ["--generation", str(generation)]
        secrets = {"owner_password": f"owner-{generation}", "password": self.password(generation)}
        return self.step("database", secrets, *names, *options)

    def serve(self, generation: int) -> None:
        """What `activate` leaves behind: a colour with these credentials is the live one."""
        url = f"postgresql://{self.role(generation)}:{self.password(generation)}@db.example.org:5432/{self.name}"
        values = {"DATABASE_URL": url, "SLIPWAY_DATABASE_PASSWORD_GENERATION": str(generation)}
        activations.keep(self.paths, generation, values)
        colours.dress(self.paths, "blue", Dress(release="r1", activation=generation))
        files.point(self.paths.live, "blue")

    def retire(self, generation: int, *options: str) -> int:
        return self.step("retire", {}, "--role", self.role(generation), *options)

    def psql(self, role: str, password: str, statements: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command(role), "-c", statements],
            env={"PGPASSWORD": password, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )

    def command(self, role: str) -> list[str]:
        place = f"host={self.postgres.host} port={self.postgres.port} user={role} dbname={self.name}"
        return ["psql", "-XAtq", f"{place} sslmode=verify-full sslrootcert={self.postgres.ca}"]

    def works(self, generation: int) -> bool:
        """Whether the app of a generation can do its work."""
        return self.psql(self.role(generation), self.password(generation), WORK).stdout == "t\n"

    def migrate(self, generation: int, statements: str) -> None:
        done = self.psql(f"{self.name}_owner", f"owner-{generation}", statements)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def site(
    root: Path, database_server: Postgres, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Site:
    """A site of the first generation that serves."""
    name = "r_" + re.sub(r"\W", "", request.node.name)[-40:]
    site = Site(paths=host(root)[0], postgres=database_server, monkeypatch=monkeypatch, name=name)
    assert site.database(1) == 0
    site.migrate(1, "CREATE TABLE t (id serial PRIMARY KEY, x int)")
    site.serve(1)
    return site


def test_the_old_role_works_until_the_new_one_serves_and_never_again(site: Site) -> None:
    for generation in (2, 3, 4):
        assert site.database(generation) == 0
        assert site.works(generation - 1) and site.works(generation), "both before activation"
        site.serve(generation)
        assert site.retire(generation - 1) == 0
        assert site.works(generation)
        refused = site.psql(site.role(generation - 1), site.password(generation - 1), "SELECT 1")
        assert "authentication failed" in refused.stderr


def test_both_roles_work_with_tables_that_are_made_while_both_may_serve(site: Site) -> None:
    assert site.database(2) == 0
    site.migrate(2, "CREATE TABLE later (id bigserial, x int); CREATE SCHEMA more; CREATE TABLE more.u (x int)")
    for generation in (1, 2):
        for table in ("later", "more.u"):
            worked = site.psql(site.role(generation), site.password(generation), f"INSERT INTO {table} (x) VALUES (1)")
            assert worked.returncode == 0, worked.stderr


def test_neither_role_may_change_a_table(site: Site) -> None:
    assert site.database(2) == 0
    for generation in (1, 2):
        refused = site.psql(site.role(generation), site.password(generation), "ALTER TABLE t ADD y int")
        assert "must be owner of table t" in refused.stderr


def test_the_password_of_the_role_that_migrates_changes_too(site: Site) -> None:
    assert site.database(2) == 0
    site.migrate(2, "SELECT 1")
    assert "authentication failed" in site.psql(f"{site.name}_owner", "owner-1", "SELECT 1").stderr


def test_a_jump_of_two_is_refused_before_anything_is_changed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.database(3) == 1
    assert capsys.readouterr().err == (
        "slipway-host: The site would lose its database: what serves is of generation 1, and its secret is not among "
        "those that this update brings. Set slipway:databasePasswordGeneration to 1, or to 2 to rotate: it can rise by "
        "one at a time.\n"
    )
    assert site.works(1)
    site.migrate(1, "SELECT 1")


def test_a_step_back_to_a_retired_password_is_refused_and_so_is_a_jump_of_three(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.database(4) == 1
    site.database(2)
    site.serve(2)
    capsys.readouterr()
    assert site.database(1) == 1
    assert "Set slipway:databasePasswordGeneration to 2, or to 3 to rotate" in capsys.readouterr().err
    assert site.works(2)


def test_a_rotation_that_is_given_up_leaves_nobody_a_password(site: Site) -> None:
    assert site.database(2) == 0
    assert site.works(2)
    assert site.database(1) == 0, "the number was put back, for the release did not start"
    assert site.works(1) and not site.works(2)
    site.migrate(1, "SELECT 1")


def test_a_new_server_leaves_the_role_alone_that_another_may_serve_with(site: Site) -> None:
    files.remove(site.paths.live)
    assert site.database(2) == 0
    assert site.works(1) and site.works(2)


def test_the_role_that_serves_is_not_retired(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.retire(1) == 1
    assert capsys.readouterr().err == (
        f"slipway-host: The release that serves uses the role {site.name}: it can be retired once it is not in use.\n"
    )
    assert site.works(1)


def test_a_role_that_was_never_made_is_retired_already(site: Site) -> None:
    assert site.retire(2) == 0


def test_a_retired_role_keeps_no_session(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.database(2) == 0
    site.serve(2)
    with session(site, 1) as left:
        began = time.monotonic()
        # Twice the same server, as if it had a replica.
        assert site.retire(1, "--replica", site.postgres.host, "--patience", "1.5") == 0
        assert time.monotonic() - began > 1.5, "it may end by itself"
        assert left.wait(10) != 0
    assert capsys.readouterr().out.endswith(f"retire: {site.name} logs in no more; 1 of its sessions was ended\n")


def test_sessions_that_a_killed_retire_left_are_ended_by_the_next(site: Site) -> None:
    assert site.database(2) == 0
    site.serve(2)
    with session(site, 1) as left:
        master = site.psql("master", site.postgres.master_password, f"ALTER ROLE {site.name} NOLOGIN PASSWORD NULL")
        assert master.returncode == 0, master.stderr
        assert site.retire(1, "--patience", "0") == 0
        assert left.wait(10) != 0


def test_every_step_may_run_twice(site: Site) -> None:
    for _ in range(2):
        assert site.database(2) == 0
    site.serve(2)
    for _ in range(2):
        assert site.retire(1) == 0
    assert site.database(2) == 0 and site.works(2) and not site.works(1)


def test_a_replica_that_does_not_know_the_role_yet_is_waited_for(site: Site) -> None:
    server = Server(host=site.postgres.host, port=site.postgres.port, ca=site.postgres.ca)
    login = Login(user=site.role(1), password=site.password(1))
    database.await_login([server, server], login, site.name)
    with pytest.raises(
        Failure,
        match=rf"^The role {site.name}_2 cannot log in on 127\.0\.0\.1:\d+ 0\.2 s after it got its password: run this "
        r"again once that server has caught up with its source\.$",
    ) as failure:
        database.await_login([server], Login(user=site.role(2), password="of-nobody"), site.name, patience=0.2)
    assert "authentication failed" in failure.value.output and "of-nobody" not in failure.value.output


def session(site: Site, generation: int) -> subprocess.Popen[str]:
    """A connection that the app has left open."""
    process = subprocess.Popen(
        [*site.command(site.role(generation)), "-v", "ON_ERROR_STOP=1"],
        env={"PGPASSWORD": site.password(generation), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin and process.stdout
    process.stdin.write("SELECT 'here';\n")
    process.stdin.flush()
    assert process.stdout.readline() == "here\n"
    process.stdin.write("SELECT pg_sleep(60);\n")
    process.stdin.flush()
    return process
