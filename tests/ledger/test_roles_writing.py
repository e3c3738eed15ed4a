"""What each database role may write: rows of its own tenant and lender, in the tables it has business in."""

# ruff: noqa: S608  the statements name our own tables

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.migrate import METADATA
from forbear.settings import Settings
from tests.ledger.filled import ABROAD, FROZEN, NOBODYS, NORTH, SOUTH, Owner, fill, values

API_INSERTS = {
    *("person", "person_match", "person_key", "profile", "contact_point", "consent", "agreement", "account", "party"),
    *("entry", "payment", "promise", "stop", "receipt", "page_session", "checkout", "reply", "suppression"),
    *("past_contact", "event", "outbox", "idempotency", "audit_row", "import_file", "import_piece", "import_row"),
    *("task", "incident", "service_proof", "loan_terms"),
    # What a lender tells of its legal cases, and the packets that it asks for.
    *("case_fact", "case_fields", "guarantee", "case_service", "case_file", "packet", "packet_review", "case_cost"),
    *("case_run", "webhook", "legal_case"),
}
WORKER_INSERTS = {
    *("person_key", "stop", "legal_case", "decision", "touch", "receipt", "link", "suppression", "outbox"),
    *("audit_row", "audit_seal"),
    # What a message that upkeep caught up on may move.
    *("reply", "promise", "consent", "task", "visit"),
    *("sender", "incident", "letter", "service_proof", "letter_run", "letter_run_item"),
    # A payment of which no webhook told.
    *("payment", "entry"),
    # A notice that was posted, where no event told of it.
    "event",
    # A case's decision, its clocks and alarms, and the packets that it asks for and makes.
    *("case_fact", "case_fields", "case_decision", "case_clock", "clock_alarm", "case_service", "case_file", "packet"),
    "case_run",
}
OF_TENANT = {"person", "person_match", "outbox", "audit_seal"}
TABLES = sorted(name for name, table in METADATA.tables.items() if "tenant" in table.columns)


@pytest.fixture(scope="module")
def ledger(module_database: Settings) -> Iterator[Ledger]:
    with make_engine(module_database.database_url_for("migrator")).begin() as connection:
        fill(connection)
    with Ledger.open(module_database) as ledger:
        yield ledger


def outcome(scope: AbstractContextManager[Session], statement: Any) -> str:
    """'written', or why not. Nothing stays."""
    try:
        with scope as session:
            session.execute(statement)
            session.rollback()
    except ProgrammingError as error:
        said = str(error.orig)
        # What belongs to another's case or account is refused by a trigger, which is asked before the policies are.
        if "belongs to its" in said:
            return "row-level security"
        return next((word for word in ("row-level security", "permission denied") if word in said), said)
    except IntegrityError as error:
        # One profile or key a person: the database looks at uniqueness last, so the role may write it.
        return "written" if isinstance(error.orig, UniqueViolation) else str(error.orig)
    return "written"


def own_column(table: str) -> str:
    """A column that the table has; the rules belong to no tenant."""
    return "version" if table in NOBODYS else "tenant"


def new_row(table: str, owner: Owner) -> Any:
    made = METADATA.tables[table]
    return insert(made).inline().values(values(made, owner, again="-2"))


@pytest.mark.parametrize("table", TABLES)
def test_the_api_inserts_only_for_itself_and_only_where_it_has_business(ledger: Ledger, table: str) -> None:
    own, neighbour, stranger = (outcome(ledger.api(*NORTH), new_row(table, owner)) for owner in (NORTH, SOUTH, ABROAD))
    if table not in API_INSERTS:
        assert {own, neighbour, stranger} == {"permission denied"}
        return
    assert own == "written"
    assert stranger == "row-level security"
    assert neighbour == ("written" if table in OF_TENANT else "row-level security")


@pytest.mark.parametrize("table", TABLES)
def test_the_worker_inserts_only_for_its_tenant_and_only_where_it_has_business(ledger: Ledger, table: str) -> None:
    own, stranger = (outcome(ledger.worker(NORTH[0]), new_row(table, owner)) for owner in (NORTH, ABROAD))
    if table not in WORKER_INSERTS:
        assert {own, stranger} == {"permission denied"}
        return
    assert (own, stranger) == ("written", "row-level security")


@pytest.mark.parametrize("table", TABLES)
def test_without_a_scope_nothing_can_be_inserted(ledger: Ledger, table: str) -> None:
    assert outcome(ledger.anyone(), new_row(table, NORTH)) != "written"
    assert outcome(ledger.worker(), new_row(table, NORTH)) != "written"


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_the_relay_inserts_nothing(ledger: Ledger, table: str) -> None:
    assert outcome(ledger.relay(), text(f"insert into {table} default values")) == "permission denied"


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_no_application_role_deletes_or_empties(ledger: Ledger, table: str) -> None:
    for open_scope in (lambda: ledger.api(*NORTH), lambda: ledger.worker(NORTH[0]), ledger.relay):
        assert outcome(open_scope(), text(f"delete from {table}")) == "permission denied"
        assert outcome(open_scope(), text(f"truncate {table} cascade")) == "permission denied"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("account", "state", "'closed'"),
        ("contact_point", "state", "'invalid'"),
        ("profile", "language", "'en'"),
        ("promise", "state", "'kept'"),
        ("stop", "lifted_at", "now()"),
        ("link", "failures", "9"),
        ("touch", "state", "'sent'"),
        ("checkout", "state", "'paid'"),
        ("suppression", "lifted_at", "now()"),
        ("consent", "revoked_at", "now()"),
        ("api_key", "last_used_at", "now()"),
        ("reply", "needs_human", "true"),
    ],
)
def test_an_update_reaches_only_the_lenders_own_row(ledger: Ledger, table: str, column: str, value: str) -> None:
    with ledger.api(*NORTH) as session:
        changed = session.execute(text(f"update {table} set {column} = {value} returning lender")).scalars().all()
    assert changed == [NORTH[1]]


def test_a_row_cannot_be_given_to_another_lender(ledger: Ledger) -> None:
    assert outcome(ledger.api(*NORTH), text(f"update account set lender = '{SOUTH[1]}'")) == "row-level security"
    assert outcome(ledger.api(*NORTH), text(f"update account set tenant = '{ABROAD[0]}'")) == "row-level security"
    assert outcome(ledger.worker(NORTH[0]), text(f"update account set tenant = '{ABROAD[0]}'")) == "row-level security"


def test_the_relay_changes_nothing_but_the_delivery(ledger: Ledger) -> None:
    assert outcome(ledger.relay(), text("update outbox set delivered_at = now()")) == "written"
    assert outcome(ledger.relay(), text("update outbox set fact = 'x'")) == "permission denied"
    assert outcome(ledger.relay(), text("update outbox set account = 'x'")) == "permission denied"


def test_both_api_and_worker_may_lock_the_persons_of_their_tenant(ledger: Ledger) -> None:
    for scope in (ledger.api(*NORTH), ledger.worker(NORTH[0])):
        with scope as session:
            assert len(session.execute(text("select id from person for update")).all()) == 2


@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize("action", ["update {0} set {1} = {1}", "delete from {0}", "truncate {0} cascade"])
def test_append_only_rows_are_not_changed_even_by_their_owner(
    module_database: Settings, ledger: Ledger, table: str, action: str
) -> None:
    with make_engine(module_database.database_url_for("migrator")).connect() as connection:
        before = connection.execute(text(f"select count(*) from {table}")).scalar_one()
        with pytest.raises(DBAPIError, match="is append-only"):
            connection.execute(text(action.format(table, own_column(table))))
        connection.rollback()
        assert connection.execute(text(f"select count(*) from {table}")).scalar_one() == before > 0


@pytest.mark.parametrize("table", FROZEN)
def test_append_only_rows_are_not_changed_by_the_application(ledger: Ledger, table: str) -> None:
    column = own_column(table)
    for scope in (ledger.api(*NORTH), ledger.worker(NORTH[0])):
        assert outcome(scope, text(f"update {table} set {column} = {column}")) == "permission denied"


def test_a_session_cannot_switch_the_guard_off(ledger: Ledger) -> None:
    assert outcome(ledger.worker(NORTH[0]), text("set session_replication_role = replica")) == "permission denied"
