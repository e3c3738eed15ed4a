"""The dump a judge reads: every row of what happened, nothing personal, no secret."""

import json
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, text

from forbear.errors import CannotStart
from forbear.ledger import dump
from forbear.ledger.engine import make_engine
from forbear.ledger.migrate import METADATA
from forbear.ledger.tables.people import ContactPoint, Profile
from forbear.services.ports import free_port
from forbear.settings import Settings
from tests.ledger.filled import emptied, fill

SECRETS = {
    *("api_key", "person_key", "person_match", "page_session", "idempotency", "officer_feed", "visit_place"),
    *("visit_evidence", "custody", "staff", "staff_session", "staff_act"),
}
MACHINERY = {"audit_row", "audit_seal", "import_piece", "rule_pack", "rule_calendar"}


@pytest.fixture
def database(module_database: Settings, tmp_path: Path) -> Settings:
    return emptied(module_database, tmp_path)


@pytest.fixture
def written(database: Settings, tmp_path: Path) -> list[dict[str, object]]:
    url = database.database_url_for("migrator")
    with make_engine(url).begin() as connection:
        fill(connection)
        connection.execute(text("insert into clock values (1, now(), now(), 3600)"))
    count = dump.write(url, tmp_path / "dump.jsonl")
    lines = (tmp_path / "dump.jsonl").read_text().splitlines()
    assert len(lines) == count
    return [json.loads(line) for line in lines]


def test_every_row_of_every_table_but_secrets_and_machinery_is_there(written: list[dict[str, object]]) -> None:
    counts = Counter(row["table"] for row in written)
    for table in METADATA.tables:
        if table in SECRETS | MACHINERY:
            assert table not in counts
        else:
            assert counts[table] == {"clock": 1, "tenant": 2}.get(table, 3), table


def test_personal_columns_and_only_those_are_left_out(written: list[dict[str, object]]) -> None:
    for name, table in METADATA.tables.items():
        rows = [row for row in written if row["table"] == name]
        for row in rows:
            there = set(row) - {"table"}
            assert there == set(table.columns.keys()) - dump.LEFT_OUT.get(name, frozenset()), name


def test_every_sealed_column_is_left_out() -> None:
    digests = {"address_key", "digest", "link", "fingerprint", "wrapped"}
    for name in dump.TABLES:
        for column in METADATA.tables[name].columns:
            if isinstance(column.type, LargeBinary) and column.name not in digests:
                assert column.name in dump.LEFT_OUT[name], (name, column.name)
    assert {Profile.__tablename__, ContactPoint.__tablename__} <= set(dump.LEFT_OUT)


def test_digests_are_hexadecimal_amounts_are_text_and_instants_name_their_zone(
    written: list[dict[str, object]],
) -> None:
    touch = next(row for row in written if row["table"] == "touch" and row["lender"] == "len_north")
    assert touch["address_key"] == b"len_north-address_key".hex()
    assert touch["claimed_at"] == "2026-03-02T12:00:00+00:00"
    entry = next(row for row in written if row["table"] == "entry")
    assert entry["amount"] == "12.5000"
    account = next(row for row in written if row["table"] == "account")
    assert account["due_since"] == "2026-03-02"


def test_the_same_record_gives_the_same_file(database: Settings, tmp_path: Path) -> None:
    url = database.database_url_for("migrator")
    with make_engine(url).begin() as connection:
        fill(connection)
    for name in ("one", "two"):
        dump.write(url, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_dump_shows_one_instant(database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows written while the dump runs are in all tables or in none."""
    url = database.database_url_for("migrator")
    original = dump._rows

    def slow(connection: object, table: object) -> object:
        rows = list(original(connection, table))  # pyright: ignore[reportArgumentType]  handed through
        if table is METADATA.tables["tenant"]:
            with make_engine(url).begin() as other:
                fill(other)
        return rows

    monkeypatch.setattr(dump, "_rows", slow)
    assert dump.write(url, tmp_path / "dump.jsonl") == 0
    with make_engine(url).connect() as connection:
        assert len(connection.execute(select(METADATA.tables["account"])).all()) == 3


def test_no_database_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="No PostgreSQL answers"):
        dump.write(f"postgresql+psycopg://forbear_migrator:x@127.0.0.1:{free_port()}/forbear", tmp_path / "dump.jsonl")
