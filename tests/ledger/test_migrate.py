"""The migrations make exactly the tables that the models describe, once, under rules the catalogue can show."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect, text

from forbear.errors import CannotStart
from forbear.ledger import admin, migrate
from forbear.ledger import engine as engines
from forbear.ledger.engine import Ledger, make_engine
from forbear.services.ports import free_port
from forbear.services.postgres import Postgres
from forbear.settings import Settings

EMPTY = "forbear_empty"


@pytest.fixture(scope="module")
def connection(module_database: Settings) -> Iterator[Connection]:
    with make_engine(module_database.database_url_for("migrator")).connect() as connection:
        yield connection


@pytest.fixture
def empty(postgres: Postgres, secrets: dict[str, object]) -> Iterator[Settings]:
    """A database that nobody migrated."""
    postgres.create_database(EMPTY)
    yield Settings.model_validate({**secrets, "database_url": postgres.url(EMPTY)})
    postgres.drop_database(EMPTY)


def test_autogenerate_finds_no_difference_between_models_and_migrations(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    assert compare_metadata(context, migrate.METADATA) == []


def test_autogenerate_would_find_a_difference(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    with connection.begin_nested() as savepoint:
        connection.execute(text("alter table account drop column stage"))
        connection.execute(text("alter table payment alter column amount type numeric(18, 2)"))
        connection.execute(text("drop index ix_entry_account"))
        assert len(compare_metadata(context, migrate.METADATA)) == 3
        savepoint.rollback()


def test_check_constraints_are_those_of_the_models(connection: Connection) -> None:
    """Autogenerate does not compare them."""
    for table in migrate.METADATA.tables.values():
        theirs = {
            check["name"]: words(check["sqltext"]) for check in inspect(connection).get_check_constraints(table.name)
        }
        ours = {
            str(check.name): words(str(check.sqltext))
            for check in table.constraints
            if isinstance(check, CheckConstraint)
        }
        assert theirs == ours, table.name


def test_partial_indexes_have_the_models_conditions(connection: Connection) -> None:
    ours = {
        index.name: words(str(index.dialect_options["postgresql"]["where"]))
        for table in migrate.METADATA.tables.values()
        for index in table.indexes
        if index.dialect_options["postgresql"]["where"] is not None
    }
    found = connection.execute(
        text(
            "select c.relname, pg_get_expr(i.indpred, i.indrelid) from pg_index i join pg_class c on c.oid = i.indexrelid "
            "join pg_namespace n on n.oid = c.relnamespace where i.indpred is not null and n.nspname = 'public'"
        )
    )
    assert {name: words(condition) for name, condition in found} == ours


def words(condition: str) -> list[str]:
    """The names and values of a condition, which PostgreSQL writes in its own style."""
    plain = condition.replace("ANY", "in").replace("ARRAY", "").replace("::text", "").replace("=", " ")
    return [
        word.strip("',")
        for word in plain.replace("(", " ").replace(")", " ").replace("[", " ").replace("]", " ").lower().split()
        if word != "in"
    ]


def test_every_table_with_a_tenant_has_row_security_that_binds_its_owner_too(connection: Connection) -> None:
    found = connection.execute(
        text(
            "select relname, relrowsecurity and relforcerowsecurity from pg_class "
            "where relkind = 'r' and relnamespace = 'public'::regnamespace"
        )
    )
    open_tables = {name for name, secured in found if not secured}
    assert open_tables == {"alembic_version", "clock"}


def test_the_owner_is_the_migrator_and_everybody_else_has_only_what_was_granted(connection: Connection) -> None:
    owners = connection.execute(text("select distinct tableowner from pg_tables where schemaname = 'public'"))
    assert owners.scalars().all() == ["forbear_migrator"]
    public = connection.execute(
        text(
            "select table_name, privilege_type from information_schema.role_table_grants where grantee = 'PUBLIC' and table_schema = 'public'"
        )
    )
    assert public.all() == []


def test_functions_that_see_past_row_security_pin_their_search_path_and_are_not_public(connection: Connection) -> None:
    found = connection.execute(
        text(
            "select proname, proconfig, has_function_privilege('public', oid, 'execute') from pg_proc "
            "where pronamespace = 'public'::regnamespace and prosecdef"
        )
    ).all()
    assert len(found) >= 11
    for name, config, public in found:
        assert config == ["search_path=public, pg_temp"], name
        assert not public, name


def test_only_core_postgresql_is_used(connection: Connection) -> None:
    assert connection.execute(text("select extname from pg_extension")).scalars().all() == ["plpgsql"]


def test_migrating_again_changes_nothing(module_database: Settings, connection: Connection) -> None:
    before = connection.execute(text("select version_num from alembic_version")).scalars().all()
    connection.rollback()
    migrate.upgrade(module_database.database_url_for("migrator"))
    assert (
        connection.execute(text("select version_num from alembic_version")).scalars().all()
        == before
        == [migrate.head()]
    )


def test_three_processes_may_migrate_at_once(empty: Settings) -> None:
    url = empty.database_url_for("migrator")
    with ThreadPoolExecutor(3) as pool:
        for run in [pool.submit(migrate.upgrade, url) for _ in range(3)]:
            run.result()
    with make_engine(url).connect() as connection:
        assert connection.execute(text("select count(*) from alembic_version")).scalar_one() == 1


def test_a_failed_migration_leaves_nothing_behind(empty: Settings) -> None:
    url = empty.database_url_for("migrator")
    with make_engine(url).begin() as connection:
        connection.execute(text("create table touch (in_the_way int)"))
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(url)
    with make_engine(url).connect() as connection:
        assert inspect(connection).get_table_names() == ["touch"]


def one_line(error: pytest.ExceptionInfo[CannotStart]) -> str:
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_database_without_tables_is_named_with_the_remedy(empty: Settings) -> None:
    url = empty.database_url_for("migrator")
    for attempt in (lambda: Ledger.open(empty), lambda: admin.add_tenant(url, "Early")):
        with pytest.raises(CannotStart) as error:
            attempt()
        assert "run 'forbear migrate'" in one_line(error)


def test_a_server_that_does_not_answer_is_one_line(secrets: dict[str, object]) -> None:
    port = free_port()
    settings = Settings.model_validate({**secrets, "database_url": f"postgresql+psycopg://127.0.0.1:{port}/forbear"})
    for attempt in (lambda: Ledger.open(settings), lambda: migrate.upgrade(settings.database_url_for("migrator"))):
        with pytest.raises(CannotStart) as error:
            attempt()
        assert f"No PostgreSQL answers at 127.0.0.1:{port}/forbear as forbear_" in one_line(error)


def test_a_wrong_password_and_a_missing_database_are_told_apart(module_database: Settings, postgres: Postgres) -> None:
    wrong = Settings.model_validate({**module_database.model_dump(), "password_api": "wrong"})
    with pytest.raises(CannotStart) as error:
        Ledger.open(wrong)
    assert "refuses the password" in one_line(error)
    assert "wrong" not in one_line(error)
    missing = Settings.model_validate({**module_database.model_dump(), "database_url": postgres.url("nowhere")})
    with pytest.raises(CannotStart) as error:
        Ledger.open(missing)
    assert "create it first" in one_line(error)


def test_missing_roles_and_an_old_server_are_refused(empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "ROLES", (*migrate.ROLES, "forbear_nobody"))
        with pytest.raises(CannotStart, match="forbear_nobody do not exist"):
            migrate.upgrade(empty.database_url_for("migrator"))
    monkeypatch.setattr(migrate, "OLDEST", 990_000)
    monkeypatch.setattr(engines, "OLDEST", 990_000)
    with pytest.raises(CannotStart, match="too old"):
        migrate.upgrade(empty.database_url_for("migrator"))
    with pytest.raises(CannotStart, match="too old"):
        Ledger.open(empty)


def test_a_key_that_is_none_is_named(module_database: Settings) -> None:
    for bad in ("", "short", "not base64 at all!"):
        settings = Settings.model_validate({**module_database.model_dump(), "master_key": bad})
        with pytest.raises(CannotStart, match="FORBEAR_MASTER_KEY is not 32 bytes"):
            Ledger.open(settings)
