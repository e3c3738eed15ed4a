"""Facts on their way to workflows: written with their fact or not at all, heard of on commit, delivered once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from forbear.ledger import outbox
from forbear.ledger.engine import Ledger, make_engine
from forbear.settings import Settings
from tests.ledger.filled import NORTH, emptied

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def database(module_database: Settings, tmp_path: Path) -> Settings:
    return emptied(module_database, tmp_path)


@pytest.fixture
def ledger(database: Settings) -> Iterator[Ledger]:
    with Ledger.open(database) as ledger:
        yield ledger


@pytest.fixture
def ear(database: Settings) -> Iterator[psycopg.Connection]:
    """A connection that listens as the relay does."""
    url = database.database_url_for("relay").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"listen {outbox.CHANNEL}")
        yield connection


def tell(ledger: Ledger, *accounts: str) -> None:
    with ledger.api(*NORTH) as session:
        for account in accounts:
            outbox.tell(session, tenant=NORTH[0], account=account, fact="payment_received", at=NOON)


def heard(ear: psycopg.Connection, within: float) -> int:
    return len(list(ear.notifies(timeout=within, stop_after=1)))


def waiting(ledger: Ledger, limit: int = 100) -> list[outbox.Told]:
    with ledger.relay() as session:
        return list(outbox.waiting(session, limit))


def test_a_fact_waits_in_order_until_it_is_delivered(ledger: Ledger) -> None:
    tell(ledger, "acc_1", "acc_2", "acc_3")
    told = waiting(ledger)
    assert [(one.tenant, one.account, one.fact) for one in told] == [
        ("ten_a", f"acc_{n}", "payment_received") for n in (1, 2, 3)
    ]
    with ledger.relay() as session:
        outbox.delivered(session, [told[0].id, told[2].id], NOON)
        outbox.delivered(session, [], NOON)
    assert [one.account for one in waiting(ledger)] == ["acc_2"]


def test_no_more_than_asked_for_and_the_oldest_first(ledger: Ledger) -> None:
    tell(ledger, *(f"acc_{n}" for n in range(5)))
    assert [one.account for one in waiting(ledger, 2)] == ["acc_0", "acc_1"]


def test_a_fact_rolled_back_was_never_told(ledger: Ledger, ear: psycopg.Connection) -> None:
    def fail() -> None:
        with ledger.api(*NORTH) as session:
            outbox.tell(session, tenant=NORTH[0], account="acc_1", fact="payment_received", at=NOON)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert waiting(ledger) == []
    tell(ledger, "acc_2")
    assert heard(ear, within=5) == 1
    assert heard(ear, within=0.1) == 0


def test_the_relay_hears_of_it_on_commit_and_not_before(ledger: Ledger, ear: psycopg.Connection) -> None:
    with ledger.api(*NORTH) as session:
        outbox.tell(session, tenant=NORTH[0], account="acc_1", fact="opted_out", at=NOON)
        assert heard(ear, within=0.1) == 0
    assert heard(ear, within=5) == 1


def test_a_stop_told_to_all_accounts_is_heard_too_and_silence_where_there_are_none(
    ledger: Ledger, ear: psycopg.Connection
) -> None:
    with ledger.api(*NORTH) as session:
        assert outbox.tell_accounts_of(session, persons=["nobody"], fact="opted_out", at=NOON) == 0
    assert heard(ear, within=0.1) == 0


def test_two_relays_do_not_take_the_same_fact(ledger: Ledger) -> None:
    tell(ledger, "acc_1", "acc_2")
    with ledger.relay() as first:
        taken = outbox.waiting(first, 1)
        with ledger.relay() as second:
            assert [one.account for one in outbox.waiting(second, 10)] == ["acc_2"]
        outbox.delivered(first, [one.id for one in taken], NOON)
    assert [one.account for one in waiting(ledger)] == ["acc_2"]


def test_a_relay_that_dies_before_it_marked_leaves_the_fact_waiting(ledger: Ledger) -> None:
    tell(ledger, "acc_1")

    def die() -> None:
        with ledger.relay() as session:
            assert len(outbox.waiting(session, 10)) == 1
            raise LookupError

    with pytest.raises(LookupError):
        die()
    assert len(waiting(ledger)) == 1


def test_what_was_waiting_when_the_server_cut_all_connections_still_waits(ledger: Ledger, database: Settings) -> None:
    tell(ledger, "acc_1")
    assert len(waiting(ledger)) == 1
    for role in ("api", "relay"):
        with make_engine(database.database_url_for(role)).connect() as connection:
            cut = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()"
            assert connection.execute(text(cut)).scalars().all() != []
    tell(ledger, "acc_2")
    assert [one.account for one in waiting(ledger)] == ["acc_1", "acc_2"]
