"""Personal data at rest: opens for its person only, is noise without its key, and is gone when the key is."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from forbear.errors import Erased, ForbearError, NotFound
from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.tables.people import PersonKey
from forbear.ledger.vault import Vault
from forbear.settings import Settings
from tests.ledger.filled import ABROAD, NORTH, SOUTH, Owner, emptied, fill

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAME = "Ada Example"


def person(owner: Owner) -> str:
    return f"person-{owner[1]}"


@pytest.fixture
def database(module_database: Settings, tmp_path: Path) -> Settings:
    return emptied(module_database, tmp_path)


@pytest.fixture
def ledger(database: Settings) -> Iterator[Ledger]:
    with make_engine(database.database_url_for("migrator")).begin() as connection:
        fill(connection)
        connection.execute(text("delete from person_key"))
    with Ledger.open(database) as ledger:
        yield ledger


def seal(ledger: Ledger, plain: str = NAME, owner: Owner = NORTH, of: str = "") -> bytes:
    with ledger.api(*owner) as session:
        return ledger.vault.seal(session, tenant=owner[0], lender=owner[1], person=of or person(owner), text=plain)


def reopen(ledger: Ledger, sealed: bytes, owner: Owner = NORTH, of: str = "") -> str:
    with ledger.worker(owner[0]) as session:
        return ledger.vault.open(session, lender=owner[1], person=of or person(owner), sealed=sealed)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plain=st.text(max_size=200))
def test_what_was_sealed_opens_again_and_shows_nothing_meanwhile(ledger: Ledger, plain: str) -> None:
    first, second = seal(ledger, plain), seal(ledger, plain)
    assert reopen(ledger, first) == reopen(ledger, second) == plain
    assert first != second
    if len(plain.encode()) >= 4:
        assert plain.encode() not in first


def test_one_key_serves_a_person_of_a_lender(ledger: Ledger) -> None:
    seal(ledger)
    seal(ledger)
    seal(ledger, owner=SOUTH)
    with ledger.worker("ten_a") as session:
        keys = session.execute(select(PersonKey.lender, PersonKey.wrapped).order_by(PersonKey.lender)).all()
    assert [key.lender for key in keys] == ["len_north", "len_south"]
    assert keys[0].wrapped != keys[1].wrapped


def test_a_text_does_not_open_for_another_person_lender_or_tenant(ledger: Ledger) -> None:
    sealed = seal(ledger)
    for owner in (SOUTH, ABROAD):
        seal(ledger, owner=owner)
        with pytest.raises(Erased):
            reopen(ledger, sealed, owner=owner)
    seal(ledger, of=person(SOUTH))
    with pytest.raises(Erased):
        reopen(ledger, sealed, of=person(SOUTH))


def test_a_changed_text_does_not_open(ledger: Ledger) -> None:
    sealed = bytearray(seal(ledger))
    for at in (0, 5, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(Erased):
            reopen(ledger, bytes(changed))


def test_a_key_moved_to_another_persons_row_opens_nothing(ledger: Ledger, database: Settings) -> None:
    sealed = seal(ledger)
    with make_engine(database.database_url_for("migrator")).begin() as connection:
        connection.execute(text("update person_key set lender = 'len_south'"))
    with pytest.raises(Erased):
        reopen(ledger, sealed, owner=SOUTH, of=person(NORTH))


def test_the_wrong_master_key_opens_nothing(ledger: Ledger) -> None:
    sealed = seal(ledger)
    stranger = Vault(b"\1" * 32, b"\2" * 32)
    with ledger.worker("ten_a") as session, pytest.raises(Erased):
        stranger.open(session, lender=NORTH[1], person=person(NORTH), sealed=sealed)


def test_erasure_is_the_loss_of_the_key_also_for_processes_that_used_it_before(ledger: Ledger) -> None:
    sealed, others = seal(ledger), seal(ledger, owner=SOUTH)
    with Ledger.open(ledger.settings) as another:
        assert reopen(another, sealed) == NAME
        with ledger.worker("ten_a") as session:
            ledger.vault.erase(session, lender=NORTH[1], person=person(NORTH), at=NOON)
        for process in (ledger, another):
            with pytest.raises(Erased):
                reopen(process, sealed)
            with pytest.raises(Erased):
                seal(process)
    assert reopen(ledger, others, owner=SOUTH) == NAME
    with ledger.worker("ten_a") as session:
        row = session.execute(select(PersonKey).where(PersonKey.lender == NORTH[1])).scalar_one()
        assert (row.wrapped, row.erased_at) == (None, NOON)


def test_erased_within_a_transaction_is_erased_at_once(ledger: Ledger) -> None:
    sealed = seal(ledger)
    with ledger.worker("ten_a") as session:
        assert ledger.vault.open(session, lender=NORTH[1], person=person(NORTH), sealed=sealed) == NAME
        ledger.vault.erase(session, lender=NORTH[1], person=person(NORTH), at=NOON)
        with pytest.raises(Erased):
            ledger.vault.open(session, lender=NORTH[1], person=person(NORTH), sealed=sealed)


def test_without_a_key_that_the_session_sees_there_is_nothing_to_open(ledger: Ledger) -> None:
    sealed = seal(ledger)
    with ledger.api(*SOUTH) as session, pytest.raises(NotFound):
        ledger.vault.open(session, lender=NORTH[1], person=person(NORTH), sealed=sealed)


def test_a_key_rolled_back_to_a_savepoint_seals_nothing_more(ledger: Ledger) -> None:
    with ledger.api(*NORTH) as session:
        savepoint = session.begin_nested()
        ledger.vault.seal(session, tenant=NORTH[0], lender=NORTH[1], person=person(NORTH), text="lost")
        savepoint.rollback()
        sealed = ledger.vault.seal(session, tenant=NORTH[0], lender=NORTH[1], person=person(NORTH), text=NAME)
    assert reopen(ledger, sealed) == NAME


def test_two_transactions_that_meet_a_person_first_agree_on_one_key(ledger: Ledger) -> None:
    sealed: list[bytes] = []
    second = threading.Thread(target=lambda: sealed.append(seal(ledger, "second")))
    with ledger.api(*NORTH) as session:
        sealed.append(ledger.vault.seal(session, tenant=NORTH[0], lender=NORTH[1], person=person(NORTH), text="first"))
        second.start()
    second.join()
    assert [reopen(ledger, one) for one in sealed] == ["first", "second"]


def test_keys_of_many_are_fetched_with_one_statement(ledger: Ledger) -> None:
    sealed = seal(ledger)
    with ledger.worker("ten_a") as session:
        ledger.vault.load(session, lender=NORTH[1], persons=[person(NORTH), person(SOUTH)])
        session.execute(text("update person_key set wrapped = null"))
        assert ledger.vault.open(session, lender=NORTH[1], person=person(NORTH), sealed=sealed) == NAME


def test_digests_differ_by_tenant_kind_use_and_value(ledger: Ledger) -> None:
    vault = ledger.vault
    digests = [
        vault.address_key("ten_a", "phone", "+12125550100"),
        vault.address_key("ten_b", "phone", "+12125550100"),
        vault.address_key("ten_a", "email", "+12125550100"),
        vault.address_key("ten_a", "phone", "+12125550101"),
        vault.match_digest("ten_a", "phone", "+12125550100"),
        Vault(b"\1" * 32, b"\2" * 32).address_key("ten_a", "phone", "+12125550100"),
    ]
    assert len(set(digests)) == len(digests)
    assert vault.address_key("ten_a", "phone", "+12125550100") == digests[0]
    assert {len(digest) for digest in digests} == {32}


def test_an_error_says_nothing_of_what_was_sealed(ledger: Ledger) -> None:
    sealed = seal(ledger)
    with pytest.raises(ForbearError) as error:
        reopen(ledger, sealed[:-1])
    assert NAME not in str(error.value)
    assert "Ada" not in repr(error.value)
