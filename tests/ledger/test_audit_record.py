"""The record as the ledger's own writers leave it: every row they noted can be digested again and still fits."""

# ruff: noqa: S608  the statements name our own tables

from pathlib import Path

import pytest
from sqlalchemy import select, text

from forbear.ledger import audit
from forbear.ledger.digests import columns, digest, row_digest
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.verify import verify
from tests.ledger.house import House

NOTED = ("decision", "touch", "receipt", "payment", "entry")
CHANGES = {
    "decision": "reason = reason || '.'",
    "asked": "asked = jsonb_set(asked, '{case,now}', '\"2026-03-01T18:00:00Z\"')",
    "not asked": "asked = null",
    "touch": "claimed_at = claimed_at - interval '1 hour'",
    "receipt": "code = 'x'",
    "payment": "amount = amount + 1",
    "entry": "amount = amount - 1",
}


@pytest.fixture
def told(house: House) -> House:
    """A person is texted, the text is taken, and part of the debt is paid."""
    person = house.person()
    house.phone(person, "+12125550120")
    account = house.account(person)
    order, _ = house.prepared(account)
    house.record(order)
    house.pay(account, "10.00")
    return house


def test_the_record_verifies(told: House, tmp_path: Path) -> None:
    audit.seal(told.ledger, tmp_path)
    assert [problem for problem in verify(told.ledger, tmp_path) if problem.tenant == told.tenant] == []
    with told.ledger.worker(told.tenant) as session:
        assert set(NOTED) <= set(session.scalars(select(AuditRow.of_table)))


def test_a_decision_from_before_cases_were_kept_still_verifies() -> None:
    row = {"id": "dec_a", "kind": "rest", "permit": {"verdict": "hold"}}
    assert row_digest("decision", row) == digest(
        {name: row.get(name) for name in columns("decision") if name != "asked"}
    )
    assert row_digest("decision", row | {"asked": {"case": {}}}) != row_digest("decision", row)


@pytest.mark.parametrize("changed", CHANGES)
def test_a_change_behind_the_audits_back_is_found(told: House, tmp_path: Path, changed: str) -> None:
    table = changed if changed in NOTED else "decision"
    audit.seal(told.ledger, tmp_path)
    with make_engine(told.migrator).begin() as connection:
        guarded = table != "touch"
        if guarded:
            connection.execute(text(f"alter table {table} disable trigger append_only"))
        connection.execute(text(f"update {table} set {CHANGES[changed]} where tenant = '{told.tenant}'"))
        if guarded:
            connection.execute(text(f"alter table {table} enable always trigger append_only"))
    found = [problem for problem in verify(told.ledger, tmp_path) if problem.tenant == told.tenant]
    assert found != []
    assert all(problem.kind == "changed" and problem.what.startswith(f"{table} ") for problem in found)
