"""Brings the database to the newest schema, as the migrator. Alembic, driven from here: no file to configure it.

The roles must exist before; their making needs rights that the migrator does not have.
"""

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from forbear.errors import CannotStart
from forbear.ledger.engine import OLDEST, make_engine, must_answer
from forbear.ledger.tables import (
    accounts,
    approvals,
    calls,
    cases,
    contacts,
    imports,
    letter_runs,
    letters,
    people,
    record,
    senders,
    staff,
    tasks,
    visits,
    webhooks,
)
from forbear.ledger.tables.base import Base

VERSIONS = Path(__file__).parent / "versions"
MODULES = (
    people,
    accounts,
    approvals,
    contacts,
    calls,
    cases,
    imports,
    letters,
    letter_runs,
    record,
    senders,
    staff,
    tasks,
    visits,
    webhooks,
)
"""Imported so that `METADATA` knows every table."""
METADATA = Base.metadata
ROLES = ("forbear_migrator", "forbear_api", "forbear_worker", "forbear_relay", "forbear_staff")
LOCK = 0x666F7262
"""Two processes that migrate at once take turns."""


def upgrade(database_url: str) -> None:
    """Run what is missing, in one transaction."""
    engine = make_engine(database_url)
    with must_answer(database_url), engine.begin() as connection:
        _check_server(connection)
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _run(connection)


def head() -> str:
    """The newest schema this checkout knows."""
    return _scripts().get_current_head() or ""


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(VERSIONS.parent), version_locations=[str(VERSIONS)])


def _run(connection: Connection) -> None:
    scripts = _scripts()

    def steps(revision: Any, _: Any) -> list[Any]:
        return scripts._upgrade_revs("head", revision)  # noqa: SLF001  what alembic's own upgrade command calls

    with EnvironmentContext(Config(), scripts, fn=steps, destination_rev="head") as context:
        context.configure(connection=connection, target_metadata=METADATA, transaction_per_migration=False)
        context.run_migrations()


def _check_server(connection: Connection) -> None:
    version = int(connection.execute(text("show server_version_num")).scalar_one())
    if version < OLDEST:
        raise CannotStart(f"PostgreSQL {version // 10_000} is too old: Forbear needs 15 or newer")
    known = set(connection.execute(text("select rolname from pg_roles")).scalars())
    missing = [role for role in ROLES if role not in known]
    if missing:
        raise CannotStart(f"The database roles {', '.join(missing)} do not exist: create them as its administrator")
