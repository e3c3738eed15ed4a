"""The functions that see past row-level security: they answer whose an id is, and carry a stop across lenders."""

# ruff: noqa: S608  the statements name our own tables

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forbear.ledger import outbox, routes
from forbear.ledger.engine import Ledger, make_engine
from forbear.settings import Settings
from tests.ledger.filled import ABROAD, NOON, NORTH, SOUTH, fill

SHARED = b"one number that three persons share"


@pytest.fixture(scope="module")
def ledger(module_database: Settings) -> Iterator[Ledger]:
    with make_engine(module_database.database_url_for("migrator")).begin() as connection:
        fill(connection)
        connection.execute(text("update contact_point set address_key = :shared"), {"shared": SHARED})
    with Ledger.open(module_database) as ledger:
        yield ledger


def test_whose_an_id_is_can_be_asked_without_a_tenant(ledger: Ledger) -> None:
    with ledger.anyone() as session:
        for owner in (NORTH, SOUTH, ABROAD):
            lender = owner[1]
            assert routes.touch_owner(session, f"touch-{lender}") == owner
            assert routes.checkout_owner(session, f"checkout-{lender}") == owner
            assert routes.sender_owner(session, f"{lender}-sender") == owner
            assert routes.link_owner(session, f"{lender}-token_sha256") == (*owner, f"link-{lender}")
            assert routes.session_owner(session, f"{lender}-digest".encode()) == (*owner, f"page_session-{lender}")
            key = routes.key_owner(session, f"api_key-{lender}")
            assert key is not None
            assert (key.tenant, key.lender, key.digest) == (*owner, f"{lender}-digest".encode())


def test_an_unknown_id_is_nobodys(ledger: Ledger) -> None:
    with ledger.anyone() as session:
        for look_up in (
            routes.touch_owner,
            routes.checkout_owner,
            routes.sender_owner,
            routes.link_owner,
            routes.key_owner,
        ):
            assert look_up(session, "unknown") is None
        assert routes.session_owner(session, b"unknown") is None
    with ledger.relay() as session:
        assert routes.account_owner(session, "unknown") is None


def test_the_relay_learns_an_accounts_tenant_and_the_worker_all_tenants(ledger: Ledger) -> None:
    with ledger.relay() as session:
        assert routes.account_owner(session, "account-len_abroad") == "ten_b"
    with ledger.worker() as session:
        assert routes.tenants(session) == ["ten_a", "ten_b"]


def test_persons_meet_in_an_address_across_lenders_and_never_across_tenants(ledger: Ledger) -> None:
    both = ["person-len_north", "person-len_south"]
    for scope in (ledger.api(*NORTH), ledger.worker("ten_a")):
        with scope as session:
            assert routes.persons_sharing(session, ["person-len_north"]) == both
            assert routes.persons_at(session, SHARED) == both
            assert routes.persons_sharing(session, ["person-len_abroad"]) == []
            assert routes.persons_sharing(session, []) == []
    with ledger.anyone() as session:
        assert routes.persons_sharing(session, ["person-len_north"]) == []
        assert routes.persons_at(session, SHARED) == []


def test_one_lenders_api_tells_every_open_account_of_a_person_and_learns_only_how_many(ledger: Ledger) -> None:
    persons = ["person-len_north", "person-len_south", "person-len_abroad"]
    with ledger.relay() as session:
        outbox.delivered(session, [told.id for told in outbox.waiting(session, 100)], NOON)
    with ledger.api(*NORTH) as session:
        assert outbox.tell_accounts_of(session, persons=persons, fact="opted_out", at=NOON) == 2
    assert waiting(ledger) == [("ten_a", "account-len_north", "opted_out"), ("ten_a", "account-len_south", "opted_out")]
    with ledger.api(*SOUTH) as session:
        session.execute(text("update account set state = 'closed'"))
        assert outbox.tell_accounts_of(session, persons=persons, fact="opted_out", at=NOON) == 1
        session.rollback()
    with ledger.anyone() as session:
        assert outbox.tell_accounts_of(session, persons=persons, fact="opted_out", at=NOON) == 0


def waiting(ledger: Ledger) -> list[tuple[str, str, str]]:
    with ledger.relay() as session:
        return [(told.tenant, told.account, told.fact) for told in outbox.waiting(session, 100)]


GRANTED = {
    "key_owner('x')": {"api"},
    "sender_owner('x')": {"api"},
    "touch_owner('x')": {"api"},
    "checkout_owner('x')": {"api"},
    "link_owner('x')": {"api"},
    "session_owner('x'::bytea)": {"api"},
    "account_owner('x')": {"relay"},
    "tenants()": {"worker"},
    "persons_sharing(array['x'])": {"api", "worker"},
    "persons_at('x'::bytea)": {"api", "worker"},
    "tell_accounts_of(array['x'], 'opted_out', now())": {"api", "worker"},
    "open_accounts('', 1)": {"relay", "worker"},
    "open_cases('', 1)": {"relay", "worker"},
    "case_owner('x')": {"relay", "api"},
    "purge_spent('-infinity', '-infinity', 1)": {"worker"},
    "imports_waiting(now())": {"api"},
    "imports_past(now())": {"api"},
    "end_import('x')": {"api"},
    "purge_import('x')": {"api"},
}


@pytest.mark.parametrize("call", sorted(GRANTED))
@pytest.mark.parametrize("role", ["api", "worker", "relay"])
def test_a_look_up_is_granted_to_the_role_that_needs_it(ledger: Ledger, call: str, role: str) -> None:
    scope = {"api": ledger.anyone, "worker": ledger.worker, "relay": ledger.relay}[role]
    with scope() as session:
        assert may(session, f"select * from {call}") == (role in GRANTED[call])


def may(session: Session, statement: str) -> bool:
    try:
        session.execute(text(statement))
    except ProgrammingError as error:
        session.rollback()
        if "permission denied for function" in str(error.orig):
            return False
        raise
    return True
