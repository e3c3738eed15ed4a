"""What each database role sees: its own tenant's and lender's rows, or nothing. One test per role, table and owner."""

# ruff: noqa: S608  the statements name our own tables

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.migrate import METADATA
from forbear.settings import Role, Settings
from tests.ledger.filled import ABROAD, NORTH, SOUTH, fill, row_id

OF_TENANT = {"person", "person_match"}
"""What the API sees of the whole tenant: match keys and locks, nothing personal."""
HIDDEN_FROM_API = {
    *("visit_plan", "visit_place", "visit_check_in", "visit_evidence", "custody", "officer_feed"),
    *("paper_approval", "paper_fields"),
    *("staff", "staff_session", "staff_act"),
    *("outbox", "audit_seal", "letter_run", "letter_run_item"),
}
HIDDEN_FROM_WORKER = {
    *("api_key", "page_session", "idempotency", "import_file", "import_piece", "import_row"),
    *("staff", "staff_session"),
    "officer_feed",
}
TABLES = sorted(name for name, table in METADATA.tables.items() if "tenant" in table.columns)
OTHERS = {NORTH: SOUTH, SOUTH: NORTH}


@pytest.fixture(scope="module")
def ledger(module_database: Settings) -> Iterator[Ledger]:
    with make_engine(module_database.database_url_for("migrator")).begin() as connection:
        fill(connection)
    with Ledger.open(module_database) as ledger:
        yield ledger


def owners(session: Session, table: str) -> list[tuple[str, str | None]]:
    """Tenant and lender of every row the session sees."""
    nobodys = dict.fromkeys(("person", "person_match", "audit_seal", "outbox", "paper_approval"), "null")
    lender = {"lender": "id", **nobodys}.get(table, "lender")
    found = session.execute(text(f"select tenant, {lender} from {table} order by 1, 2"))
    return [(row[0], row[1]) for row in found]


def refused(session: Session, statement: str) -> bool:
    try:
        session.execute(text(statement))
    except ProgrammingError as error:
        session.rollback()
        return "permission denied" in str(error.orig)
    return False


@pytest.mark.parametrize("table", sorted(set(TABLES) - HIDDEN_FROM_API))
@pytest.mark.parametrize("owner", [NORTH, SOUTH, ABROAD])
def test_the_api_sees_the_rows_of_its_lender_only(ledger: Ledger, table: str, owner: tuple[str, str]) -> None:
    with ledger.api(*owner) as session:
        seen = owners(session, table)
    if table in OF_TENANT:
        assert seen == [(owner[0], None)] * (2 if owner in OTHERS else 1)
    else:
        assert seen == [owner]


@pytest.mark.parametrize("table", sorted(set(TABLES) - HIDDEN_FROM_API))
@pytest.mark.parametrize(
    "scope", [("", ""), ("ten_a", "len_abroad"), ("ten_b", "len_north"), ("", "len_north"), ("ten_a", "")]
)
def test_the_api_without_a_tenant_and_its_lender_sees_no_lenders_row(
    ledger: Ledger, table: str, scope: tuple[str, str]
) -> None:
    with ledger.api(*scope) as session:
        seen = owners(session, table)
    assert {lender for _, lender in seen} <= {None}
    assert seen == [] or (table in OF_TENANT and {tenant for tenant, _ in seen} == {scope[0]})


def test_on_a_connection_never_used_before_every_table_is_empty(module_database: Settings, ledger: Ledger) -> None:
    hidden_from: dict[Role, set[str]] = {"api": HIDDEN_FROM_API, "worker": HIDDEN_FROM_WORKER}
    for role, hidden in hidden_from.items():
        engine = make_engine(module_database.database_url_for(role))
        with engine.connect() as connection:
            for table in sorted(set(TABLES) - hidden):
                assert connection.execute(text(f"select count(*) from {table}")).scalar_one() == 0, table


@pytest.mark.parametrize("table", sorted(set(TABLES) - HIDDEN_FROM_WORKER))
@pytest.mark.parametrize("tenant", ["ten_a", "ten_b", "", "ten_unknown"])
def test_the_worker_sees_the_rows_of_its_tenant_only(ledger: Ledger, table: str, tenant: str) -> None:
    with ledger.worker(tenant) as session:
        seen = [row[0] for row in owners(session, table)]
    assert seen == [tenant] * {"ten_a": 2, "ten_b": 1}.get(tenant, 0)


@pytest.mark.parametrize("tenant", ["ten_a", "ten_b"])
def test_a_tenants_own_row_is_all_of_the_tenants_that_is_seen(ledger: Ledger, tenant: str) -> None:
    with ledger.worker(tenant) as session:
        assert session.execute(text("select id from tenant")).scalars().all() == [tenant]
    with ledger.api(tenant, "len_any") as session:
        assert session.execute(text("select id from tenant")).scalars().all() == [tenant]
    with ledger.anyone() as session:
        assert session.execute(text("select id from tenant")).scalars().all() == []


@pytest.mark.parametrize("table", sorted(HIDDEN_FROM_API))
def test_the_api_may_not_read_the_machinery(ledger: Ledger, table: str) -> None:
    with ledger.api(*NORTH) as session:
        assert refused(session, f"select count(*) from {table}")


@pytest.mark.parametrize("table", sorted(HIDDEN_FROM_WORKER))
def test_the_worker_may_not_read_keys_and_sessions(ledger: Ledger, table: str) -> None:
    with ledger.worker(NORTH[0]) as session:
        assert refused(session, f"select count(*) from {table}")


def test_the_api_may_not_read_a_permit_since_it_tells_of_other_lenders(ledger: Ledger) -> None:
    with ledger.api(*NORTH) as session:
        assert refused(session, "select permit from decision")
    with ledger.worker(NORTH[0]) as session:
        assert session.execute(text("select count(permit) from decision")).scalar_one() == 2


@pytest.mark.parametrize("table", sorted(set(METADATA.tables) - {"outbox", "clock"}))
def test_the_relay_may_read_no_table_but_the_outbox(ledger: Ledger, table: str) -> None:
    with ledger.relay() as session:
        assert refused(session, f"select count(*) from {table}")


def test_the_relay_sees_ids_of_all_tenants_and_nothing_else(ledger: Ledger) -> None:
    with ledger.relay() as session:
        seen = session.execute(text("select tenant, account, fact, delivered_at from outbox order by id")).all()
        assert [row[0] for row in seen] == ["ten_a", "ten_a", "ten_b"]
        assert refused(session, "select at from outbox")


def test_no_role_may_switch_row_security_off_or_become_the_owner(ledger: Ledger) -> None:
    with ledger.api(*NORTH) as session:
        session.execute(text("set local row_security = off"))
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(text("select id from account"))
        session.rollback()
        assert refused(session, "set role forbear_migrator")
        assert refused(session, "set role forbear_worker")


def test_a_transaction_left_lying_open_does_not_hold_its_locks_for_ever(ledger: Ledger) -> None:
    for scope in (ledger.api(*NORTH), ledger.worker(NORTH[0]), ledger.relay(), ledger.anyone()):
        with scope as session:
            assert session.execute(text("show idle_in_transaction_session_timeout")).scalar_one() == "1min"


def test_the_scope_ends_with_its_transaction(ledger: Ledger) -> None:
    with ledger.api(*NORTH) as session:
        assert session.execute(text("select count(*) from account")).scalar_one() == 1
        session.commit()
        assert session.execute(text("select count(*) from account")).scalar_one() == 0


def test_the_rules_a_permit_rests_on_are_the_workers_to_read_and_nobody_elses(ledger: Ledger) -> None:
    for table in ("rule_pack", "rule_calendar"):
        with ledger.api(*NORTH) as session:
            assert refused(session, f"select count(*) from {table}")
        with ledger.worker() as session:
            assert session.execute(text(f"select count(*) from {table}")).scalar_one() == 3


def test_the_api_may_not_read_what_was_asked_and_is_told_only_of_its_own_permits(ledger: Ledger) -> None:
    shown = text("select id from permits_shown(:sought)")
    with ledger.worker(NORTH[0]) as session:
        sought = list(session.execute(text("select id from decision")).scalars())
        assert session.execute(text("select count(asked) from decision")).scalar_one() == len(sought) == 2
        assert refused(session, "select * from permits_shown('{}')")
    with ledger.api(*NORTH) as session:
        assert session.execute(shown, {"sought": sought}).scalars().all() == [row_id("decision", NORTH)]
        assert refused(session, "select asked from decision")
