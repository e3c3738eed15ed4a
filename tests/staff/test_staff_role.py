"""What the database shows to the role of staff's pages: every lender of one tenant, and nothing of another tenant."""

# ruff: noqa: S608  the statements name our own tables

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.migrate import METADATA
from forbear.settings import Settings
from tests.ledger.filled import fill

TABLES = sorted(name for name, table in METADATA.tables.items() if "tenant" in table.columns)
HIDDEN = {
    "api_key",
    "page_session",
    "checkout",
    "idempotency",
    "import_file",
    "import_piece",
    "import_row",
    "audit_seal",
}
"""Keys, borrowers' sessions, files: of no use at a desk."""


@pytest.fixture(scope="module")
def ledger(module_database: Settings) -> Iterator[Ledger]:
    with make_engine(module_database.database_url_for("migrator")).begin() as connection:
        fill(connection)
    with Ledger.open(module_database) as ledger:
        yield ledger


@pytest.mark.parametrize("table", TABLES)
def test_staff_sees_its_own_tenant_only(ledger: Ledger, table: str) -> None:
    for tenant in ("ten_a", "ten_b", "ten_unknown", ""):
        with ledger.staff(tenant) as session:
            may = session.scalar(text("select has_table_privilege(current_user, :table, 'select')"), {"table": table})
            seen = set(session.scalars(text(f"select distinct tenant from {table}"))) if may else set[str]()
        assert seen <= {tenant}, table


@pytest.mark.parametrize("table", sorted(HIDDEN))
def test_staff_reads_no_keys_sessions_or_files(ledger: Ledger, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), ledger.staff("ten_a") as session:
        session.execute(text(f"select 1 from {table}"))


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_staff_deletes_nothing(ledger: Ledger, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), ledger.staff("ten_a") as session:
        session.execute(text(f"delete from {table}"))
