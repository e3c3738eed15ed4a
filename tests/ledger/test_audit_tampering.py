"""What somebody with every right in the database cannot do unseen: change, delete or insert below a published head."""

# ruff: noqa: S608  the statements name our own tables

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text

from forbear.clock import Clock
from forbear.ledger import admin, audit
from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.migrate import METADATA
from forbear.ledger.tables.accounts import Payment
from forbear.ledger.verify import Problem, verify, verify_command
from forbear.settings import Settings
from tests.ledger.filled import IDENTITIES, NOON, NORTH, emptied, values

ROWS = 6
Owner = Callable[..., None]


@pytest.fixture
def database(module_database: Settings, tmp_path: Path) -> Settings:
    return emptied(module_database, tmp_path)


@pytest.fixture
def ledger(database: Settings, clock: Clock) -> Iterator[Ledger]:
    """Six audit rows, the fourth about a payment, sealed and published; and one unsealed."""
    url = database.database_url_for("migrator")
    admin.add_tenant(url, "Example", id="ten_a")
    with make_engine(url).begin() as connection:
        for table in METADATA.sorted_tables:
            # Evidence without its file would be a fault of its own.
            if table.name not in {"tenant", "clock", "entry", "custody", "visit_evidence", *IDENTITIES}:
                connection.execute(insert(table).values(values(table, NORTH)))
    with Ledger.open(database, clock=clock) as ledger:
        for number in range(1, ROWS + 1):
            note(ledger, number)
        assert audit.seal(ledger, database.data) == ROWS
        assert verify(ledger, database.data) == []
        yield ledger


def note(ledger: Ledger, number: int) -> None:
    with ledger.api(*NORTH) as session:
        payment = session.get_one(Payment, "payment-len_north")
        written = payment if number == 4 else {"number": number}
        audit.note(
            session, tenant="ten_a", lender="len_north", account="acc", person="per", kind="noted",
            subject=payment.id if number == 4 else f"s{number}", at=NOON, written=written,
        )  # fmt: skip


@pytest.fixture
def owner(database: Settings) -> Iterator[Owner]:
    """Runs statements as the tables' owner, with the guards switched off."""
    with make_engine(database.database_url_for("migrator")).connect() as connection:
        for table in ("audit_row", "audit_seal", "payment"):
            connection.execute(text(f"alter table {table} disable trigger append_only"))
        connection.commit()

        def run(statement: str, **parameters: object) -> None:
            changed = connection.execute(text(statement), parameters).rowcount
            connection.commit()
            assert changed > 0

        yield run


def found(ledger: Ledger) -> list[Problem]:
    return verify(ledger, ledger.settings.data)


def kinds(ledger: Ledger) -> list[str]:
    return [problem.kind for problem in found(ledger)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("lender", "'len_south'"),
        ("lender", "null"),
        ("account", "'other'"),
        ("person", "null"),
        ("kind", "'other'"),
        ("subject", "'other'"),
        ("of_table", "'entry'"),
        ("at", "at + interval '1 microsecond'"),
        ("digest", "sha256('x')"),
    ],
)
def test_a_change_in_any_column_is_found_where_it_is(ledger: Ledger, owner: Owner, column: str, value: str) -> None:
    owner(f"update audit_row set {column} = {value} where id = 2")
    assert any(problem.kind == "changed" and "audit row 2 at position 2" in problem.what for problem in found(ledger))
    assert all("position 2" in problem.what or "entry" in problem.what for problem in found(ledger))


@pytest.mark.parametrize("row", range(1, ROWS + 1))
def test_a_deleted_row_is_found(ledger: Ledger, owner: Owner, row: int) -> None:
    owner("delete from audit_row where id = :row", row=row)
    assert [problem.what for problem in found(ledger)] == [f"audit row {row} at position {row} is gone"]


@pytest.mark.parametrize("row", range(1, ROWS + 1))
def test_a_row_deleted_with_its_seal_is_found(ledger: Ledger, owner: Owner, row: int) -> None:
    owner("delete from audit_row where id = :row", row=row)
    owner("delete from audit_seal where row = :row", row=row)
    assert kinds(ledger) == ["deleted"]


def test_a_row_deleted_and_the_gap_closed_is_found(ledger: Ledger, owner: Owner) -> None:
    owner("delete from audit_row where id = 3")
    owner("delete from audit_seal where row = 3")
    for position in (4, 5, 6):
        owner("update audit_seal set position = :to where position = :at", at=position, to=position - 1)
    assert {"changed", "deleted"} <= set(kinds(ledger))


@pytest.mark.parametrize("kept", range(ROWS))
def test_a_shortened_chain_is_found(ledger: Ledger, owner: Owner, kept: int) -> None:
    owner("delete from audit_row where id > :kept", kept=kept)
    owner("delete from audit_seal where row > :kept", kept=kept)
    assert [problem.what for problem in found(ledger)] == [f"the chain ends at {kept}, but {ROWS} was published"]


def test_a_shortened_chain_that_grew_again_is_found(ledger: Ledger, owner: Owner) -> None:
    owner("delete from audit_seal where row > 4")
    owner("delete from audit_row where id > 4")
    for number in (7, 8, 9):
        note(ledger, number)
    audit.seal(ledger, ledger.settings.data)
    assert "head" in kinds(ledger)


def test_an_inserted_row_is_found(ledger: Ledger, owner: Owner) -> None:
    """Somebody makes room at position 3 and puts in a row with a seal of his own."""
    for position in range(ROWS, 2, -1):
        owner("update audit_seal set position = :to where position = :at", at=position, to=position + 1)
    owner(
        "insert into audit_row (tenant, lender, kind, subject, at, digest) values ('ten_a', 'len_north', 'noted', 'forged', now(), sha256('x'))"
    )
    owner(
        "insert into audit_seal (tenant, position, row, link, sealed_at) select 'ten_a', 3, max(id), sha256('y'), now() from audit_row"
    )
    assert any(problem.kind == "changed" and "position 3" in problem.what for problem in found(ledger))
    assert any(problem.kind == "head" for problem in found(ledger))


def test_a_row_added_at_the_end_with_a_forged_seal_is_found(ledger: Ledger, owner: Owner) -> None:
    owner(
        "insert into audit_row (tenant, kind, subject, at, digest) values ('ten_a', 'noted', 'forged', now(), sha256('x'))"
    )
    owner(
        "insert into audit_seal (tenant, position, row, link, sealed_at) select 'ten_a', 7, max(id), sha256('y'), now() from audit_row"
    )
    assert kinds(ledger) == ["changed"]


def test_two_rows_that_changed_places_are_found(ledger: Ledger, owner: Owner) -> None:
    owner("update audit_seal set row = 100 where row = 2")
    owner("update audit_seal set row = 2 where row = 5")
    owner("update audit_seal set row = 5 where row = 100")
    assert kinds(ledger) == ["changed", "changed"]


def test_a_changed_link_is_found_at_itself_and_its_successor(ledger: Ledger, owner: Owner) -> None:
    owner("update audit_seal set link = sha256('z') where position = 6")
    assert kinds(ledger) == ["changed", "head"]
    owner("update audit_seal set link = sha256('z') where position = 2")
    assert kinds(ledger) == ["changed", "changed", "changed", "head"]


def test_a_chain_computed_anew_with_another_key_is_found(ledger: Ledger, owner: Owner) -> None:
    owner("delete from audit_seal")
    forger = ledger.settings.model_copy(update={"audit_key": ledger.settings.match_key})
    with Ledger.open(forger, clock=ledger.clock) as another:
        audit.seal(another, ledger.settings.data)
    assert kinds(ledger) == [*["changed"] * ROWS, "head"]


def test_a_published_head_that_was_edited_is_found(ledger: Ledger) -> None:
    file = ledger.settings.data / "audit" / "ten_a.head"
    head = json.loads(file.read_text())
    file.write_text(json.dumps({**head, "link": "00" * 32}) + "\n")
    assert kinds(ledger) == ["head"]
    file.write_text("not a head\n")
    assert kinds(ledger) == ["head"]
    file.write_text("[1, 2]\n")
    assert kinds(ledger) == ["head"]


def test_a_chain_whose_heads_are_gone_is_found(ledger: Ledger) -> None:
    (ledger.settings.data / "audit" / "ten_a.head").unlink()
    assert kinds(ledger) == ["head"]


def test_a_tenant_deleted_whole_is_found(ledger: Ledger, owner: Owner) -> None:
    owner("delete from audit_seal")
    owner("delete from audit_row")
    owner("delete from tenant")
    assert [(problem.tenant, problem.kind) for problem in found(ledger)] == [("ten_a", "deleted")]


@pytest.mark.parametrize(
    "change",
    [
        "amount = amount - 0.0001",
        "received_at = now()",
        "currency = 'EUR'",
        "account = account || ''",
        "external_id = 'x'",
    ],
)
def test_a_payment_changed_behind_its_audit_row_is_found(ledger: Ledger, owner: Owner, change: str) -> None:
    owner(f"update payment set {change}")
    expected = [] if "||" in change else ["payment payment-len_north is not as audit row 4 has it"]
    assert [problem.what for problem in found(ledger)] == expected


def test_a_payment_deleted_behind_its_audit_row_is_found(ledger: Ledger, owner: Owner) -> None:
    owner("delete from payment")
    assert [problem.what for problem in found(ledger)] == ["payment payment-len_north is gone"]


def test_the_unsealed_tail_is_listed_and_is_no_fault(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    note(ledger, 7)
    problems = found(ledger)
    assert [(problem.kind, problem.grave, problem.what) for problem in problems] == [
        ("unsealed", False, "audit row 7: noted s7")
    ]
    assert verify_command(ledger, ledger.settings.data) == 0
    assert "ten_a: unsealed: audit row 7: noted s7" in capsys.readouterr().out


def test_the_command_says_what_is_wrong_and_fails(ledger: Ledger, owner: Owner) -> None:
    said: list[str] = []
    assert verify_command(ledger, ledger.settings.data, said.append) == 0
    assert said == ["1 tenants verified: the record stands as it was written"]
    owner("delete from audit_row where id = 2")
    said.clear()
    assert verify_command(ledger, ledger.settings.data, said.append) == 1
    assert said == ["ten_a: deleted: audit row 2 at position 2 is gone", "1 tenants verified: 1 faults"]


def test_verify_changes_nothing(ledger: Ledger, owner: Owner, database: Settings) -> None:
    owner("delete from audit_row where id = 2")
    before = state(database, ledger.settings.data)
    found(ledger)
    assert state(database, ledger.settings.data) == before


def state(database: Settings, data: Path) -> tuple[object, ...]:
    with make_engine(database.database_url_for("migrator")).connect() as connection:
        return (*all_rows(connection), (data / "audit" / "ten_a.head").read_bytes())


def all_rows(connection: Connection) -> list[object]:
    return [
        connection.execute(text(f"select * from {table} order by id")).all() for table in ("audit_row", "audit_seal")
    ]
