"""Answers of creating calls, kept under the caller's key and given again instead of doing it twice."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from forbear.ledger import idempotency
from forbear.ledger.engine import Ledger
from forbear.settings import Settings
from tests.ledger.filled import ABROAD, NORTH, SOUTH, Owner, emptied

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def database(module_database: Settings, tmp_path: Path) -> Settings:
    return emptied(module_database, tmp_path)


@pytest.fixture
def ledger(database: Settings) -> Iterator[Ledger]:
    with Ledger.open(database) as ledger:
        yield ledger


def store(session: Session, answer: str, key: str = "k", owner: Owner = NORTH) -> None:
    tenant, lender = owner
    idempotency.store(
        session,
        tenant=tenant,
        lender=lender,
        key=key,
        fingerprint=b"f",
        status=201,
        body={"answer": answer},
        at=NOON,
    )


def call(ledger: Ledger, key: str, answer: str, owner: Owner = NORTH) -> str:
    """What a creating call does: look, or else act and store."""
    with ledger.api(*owner) as session:
        stored = idempotency.lookup(session, owner[1], key)
        if stored is not None:
            return str(stored.body["answer"])
        store(session, answer, key, owner)
        return answer


def test_the_first_answer_is_given_again(ledger: Ledger) -> None:
    assert call(ledger, "k", "first") == "first"
    assert call(ledger, "k", "second") == "first"
    assert call(ledger, "other", "second") == "second"
    with ledger.api(*NORTH) as session:
        assert idempotency.lookup(session, "len_north", "k") == (b"f", 201, {"answer": "first"})


def test_each_lender_has_its_own_keys(ledger: Ledger) -> None:
    for owner in (NORTH, SOUTH, ABROAD):
        assert call(ledger, "k", owner[1], owner) == owner[1]


def test_a_call_that_failed_left_no_answer(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.api(*NORTH) as session:
            store(session, "first try")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert call(ledger, "k", "second try") == "second try"


def test_the_same_key_twice_at_the_same_moment_acts_once(ledger: Ledger) -> None:
    answers: list[str] = []
    second = threading.Thread(target=lambda: answers.append(call(ledger, "k", "second")))
    with ledger.api(*NORTH) as session:
        assert idempotency.lookup(session, "len_north", "k") is None
        second.start()
        second.join(timeout=0.2)
        assert second.is_alive()
        store(session, "first")
    second.join()
    assert answers == ["first"]
