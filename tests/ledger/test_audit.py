"""Audit rows and their chain: every row sealed once, in order, whatever commits when; heads published outside."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from forbear.clock import Clock
from forbear.ledger import admin, audit, chain
from forbear.ledger.digests import FIXED, columns, digest, row_digest
from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.migrate import METADATA
from forbear.ledger.tables.accounts import Payment
from forbear.ledger.tables.record import AuditRow, AuditSeal
from forbear.ledger.verify import verify
from forbear.settings import Settings
from tests.ledger.filled import ABROAD, IDENTITIES, NORTH, SOUTH, emptied, fill, values

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def database(module_database: Settings, tmp_path: Path) -> Settings:
    return emptied(module_database, tmp_path)


@pytest.fixture
def ledger(database: Settings, clock: Clock) -> Iterator[Ledger]:
    url = database.database_url_for("migrator")
    for tenant in ("ten_a", "ten_b"):
        admin.add_tenant(url, "Example", id=tenant)
    with Ledger.open(database, clock=clock) as ledger:
        yield ledger


def note(ledger: Ledger, subject: str, owner: tuple[str, str] = NORTH) -> None:
    with ledger.api(*owner) as session:
        audit.note(
            session, tenant=owner[0], lender=owner[1], kind="noted", subject=subject, at=NOON, written={"id": subject}
        )


def sealed(ledger: Ledger, tenant: str = "ten_a") -> list[str]:
    """Subjects in the order of the chain."""
    with ledger.worker(tenant) as session:
        order = select(AuditRow.subject).join(AuditSeal, AuditSeal.row == AuditRow.id).order_by(AuditSeal.position)
        return list(session.scalars(order))


def heads(ledger: Ledger, tenant: str = "ten_a") -> list[dict[str, object]]:
    file = ledger.settings.data / "audit" / f"{tenant}.head"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def seal(ledger: Ledger) -> int:
    return audit.seal(ledger, ledger.settings.data)


def test_a_note_is_in_its_facts_transaction_or_nowhere(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.api(*NORTH) as session:
            audit.note(session, tenant="ten_a", kind="noted", subject="s", at=NOON, written={})
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert seal(ledger) == 0


def test_the_api_may_note_what_belongs_to_no_lender(ledger: Ledger) -> None:
    with ledger.api(*NORTH) as session:
        audit.note(session, tenant="ten_a", kind="noted", subject="s", at=NOON, written={})
    assert seal(ledger) == 1


def test_rows_are_chained_per_tenant_and_each_head_is_published(ledger: Ledger) -> None:
    for number in range(3):
        note(ledger, f"a{number}")
    note(ledger, "b0", ABROAD)
    assert seal(ledger) == 4
    note(ledger, "a3", SOUTH)
    assert seal(ledger) == 1
    assert seal(ledger) == 0
    assert sealed(ledger) == ["a0", "a1", "a2", "a3"]
    assert sealed(ledger, "ten_b") == ["b0"]
    assert [(head["position"], head["rows"]) for head in heads(ledger)] == [(3, 3), (4, 1)]
    assert [(head["position"], head["rows"]) for head in heads(ledger, "ten_b")] == [(1, 1)]
    assert verify(ledger, ledger.settings.data) == []


def test_links_depend_on_the_key_that_is_not_in_the_database(ledger: Ledger) -> None:
    note(ledger, "a")
    seal(ledger)
    stranger = ledger.settings.model_copy(update={"audit_key": ledger.settings.master_key})
    with Ledger.open(stranger) as another:
        assert [problem.kind for problem in verify(another, ledger.settings.data)] == ["changed"]


def test_a_row_that_commits_after_younger_ones_were_sealed_is_sealed_next(ledger: Ledger) -> None:
    with ledger.api(*NORTH) as slow:
        audit.note(slow, tenant="ten_a", kind="noted", subject="slow", at=NOON, written={})
        note(ledger, "quick")
        assert seal(ledger) == 1
    assert seal(ledger) == 1
    assert sealed(ledger) == ["quick", "slow"]
    assert verify(ledger, ledger.settings.data) == []


def test_batches_and_a_row_far_behind_lose_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 3)
    monkeypatch.setattr(audit, "LOOKBACK", 4)
    with ledger.api(*NORTH) as slow:
        audit.note(slow, tenant="ten_a", kind="noted", subject="slow", at=NOON, written={})
        for number in range(9):
            note(ledger, f"a{number}")
        assert seal(ledger) == 9
    note(ledger, "a9")
    assert seal(ledger) == 1
    assert [problem.kind for problem in verify(ledger, ledger.settings.data)] == ["unsealed"]
    for number in range(10, 13):
        note(ledger, f"a{number}")
        seal(ledger)
    assert sorted(sealed(ledger)) == sorted(["slow", *(f"a{number}" for number in range(13))])
    assert verify(ledger, ledger.settings.data) == []


def test_many_writers_and_sealers_at_once_give_one_chain(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 4)
    done = threading.Event()

    def write(name: str) -> None:
        for number in range(25):
            note(ledger, f"{name}{number}")

    def keep_sealing() -> int:
        count = 0
        while not done.is_set():
            count += seal(ledger)
        return count

    with ThreadPoolExecutor(5) as pool:
        sealers = [pool.submit(keep_sealing) for _ in range(2)]
        try:
            for writer in [pool.submit(write, name) for name in "abc"]:
                writer.result()
        finally:
            done.set()
    assert sum(sealer.result() for sealer in sealers) + seal(ledger) == 75
    assert sorted(sealed(ledger)) == sorted(f"{name}{number}" for name in "abc" for number in range(25))
    assert verify(ledger, ledger.settings.data) == []


def disk_full(*_: object) -> None:
    raise OSError("disk full")


def test_what_a_crash_kept_from_being_published_is_published_next(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(ledger, "a")
    seal(ledger)
    note(ledger, "b")
    with monkeypatch.context() as patch:
        patch.setattr(chain, "publish", disk_full)
        with pytest.raises(OSError, match="disk full"):
            seal(ledger)
    assert verify(ledger, ledger.settings.data) == []
    assert len(heads(ledger)) == 1
    assert seal(ledger) == 0
    assert [head["position"] for head in heads(ledger)] == [1, 2]


def test_a_torn_last_line_published_nothing(ledger: Ledger) -> None:
    note(ledger, "a")
    seal(ledger)
    file = ledger.settings.data / "audit" / "ten_a.head"
    with file.open("a") as out:
        out.write('{"position": 2, "li')
    assert [head.position for head in chain.published(ledger.settings.data, "ten_a")] == [1]
    assert verify(ledger, ledger.settings.data) == []


def test_the_next_head_after_a_torn_line_can_be_read(ledger: Ledger) -> None:
    note(ledger, "a")
    seal(ledger)
    file = ledger.settings.data / "audit" / "ten_a.head"
    with file.open("a") as out:
        out.write('{"position": 2, "li')
    note(ledger, "b")
    seal(ledger)
    assert [head.position for head in chain.published(ledger.settings.data, "ten_a")] == [1, 2]
    assert verify(ledger, ledger.settings.data) == []


def test_heads_are_for_us_alone_to_read(ledger: Ledger) -> None:
    note(ledger, "a")
    seal(ledger)
    folder = ledger.settings.data / "audit"
    assert (folder.stat().st_mode & 0o777, (folder / "ten_a.head").stat().st_mode & 0o777) == (0o700, 0o600)


def test_equal_values_have_one_digest() -> None:
    east = timezone(timedelta(hours=8))
    assert digest({"amount": Decimal(10), "at": NOON}) == digest(
        {"at": NOON.astimezone(east), "amount": Decimal("10.0000")}
    )
    assert digest({"amount": Decimal("-0.00")}) == digest({"amount": Decimal(0)})
    assert digest({"key": b"\x01", "day": date(2026, 3, 2)}) == digest(
        {"key": memoryview(b"\x01"), "day": date(2026, 3, 2)}
    )
    different = [{"a": 1}, {"a": "1"}, {"a": None}, {}, {"b": 1}, {"a": Decimal("1.01")}, {"a": [1]}, {"a": {"a": 1}}]
    assert len({digest(one) for one in different}) == len(different)
    with pytest.raises(TypeError):
        digest({"a": object()})


@pytest.mark.parametrize("table", sorted(FIXED))
def test_a_row_as_it_was_given_and_as_it_is_read_have_one_digest(database: Settings, table: str) -> None:
    made = METADATA.tables[table]
    with make_engine(database.database_url_for("migrator")).connect() as connection:
        fill(connection)
        mine = made.c.lender == NORTH[1] if "lender" in made.c else made.c.id == values(made, NORTH)["id"]
        chosen = select(*(made.c[name] for name in columns(table))).where(mine)
        read = dict(connection.execute(chosen).one()._mapping)
        assert row_digest(table, read) == row_digest(table, values(made, NORTH))
    for name in columns(table):
        assert row_digest(table, {**read, name: "other"}) != row_digest(table, read)


def test_a_models_row_and_its_inserted_values_have_one_digest(database: Settings, ledger: Ledger) -> None:
    with make_engine(database.database_url_for("migrator")).begin() as connection:
        for table in METADATA.sorted_tables:
            if table.name not in {"tenant", "clock", "payment", "entry", *IDENTITIES}:
                connection.execute(insert(table).values(values(table, NORTH)))
    row = values(METADATA.tables["payment"], NORTH)
    with ledger.api(*NORTH) as session:
        session.execute(insert(Payment).values(row))
        audit.note(
            session, tenant="ten_a", kind="payment_posted", subject=row["id"], at=NOON, written=row, table="payment"
        )
        payment = session.get_one(Payment, row["id"])
        audit.note(session, tenant="ten_a", kind="payment_posted", subject=payment.id, at=NOON, written=payment)
    with ledger.worker("ten_a") as session:
        noted = session.execute(select(AuditRow.digest, AuditRow.of_table)).all()
    assert noted[0] == noted[1]
    assert noted[0].of_table == "payment"
    seal(ledger)
    assert verify(ledger, ledger.settings.data) == []


def test_the_data_folder_need_not_exist_to_verify(ledger: Ledger, tmp_path: Path) -> None:
    assert verify(ledger, tmp_path / "absent") == []
