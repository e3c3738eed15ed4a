"""Tasks from before reasons were codes: their sentences are taken apart by the migration, or kept as they were."""

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from forbear.ledger import migrate
from forbear.ledger.engine import make_engine
from forbear.ledger.ids import new_id
from forbear.ledger.task_reasons import VALUES
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import NOON, House

BEFORE = [
    ("call", "week-call", "After a week, somebody calls (step week-call)", "step"),
    ("reply", None, "A message that no machine understood: read it and choose what it means.", "reply_other"),
    ("reply", None, "Understood as wrong person and obeyed: read the words and see what else they say.", "reply_understood"),
    ("number", None, "code 30005: unknown, or no longer in service. Find out whose number it is.", "number_code"),
    ("number", None, "code 30640: listed as a known litigator's. No machine contacts it. Find out", "number_never_again"),
    ("number", None, "code address.lines: too few. Address to be corrected: have the lender send it.", "address_code"),
    ("number", None, "Somebody said that this is the wrong person's number. Find out", "number_wrong_person"),
    ("number", None, "A letter came back with the note that its reader has died. Ask", "address_deceased"),
    ("number", None, "a sentence of an operator's own", "earlier"),
]  # fmt: skip


@pytest.fixture(scope="module")
def house(module_database: Settings) -> Iterator[House]:
    house = House(module_database, Hands(NOON))
    yield house
    house.close()


def changes() -> str:
    """The migration's statements about rows, without those about the table."""
    path = migrate.VERSIONS / "0016_task_reasons.py"
    spec = importlib.util.spec_from_file_location("task_reasons", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    statements = str(module.SQL).split(";")
    return ";".join(each for each in statements if "alter table" not in each)


def test_sentences_of_before_become_codes_with_their_values(house: House) -> None:
    rows = {new_id("tsk"): each for each in BEFORE}
    with make_engine(house.migrator).connect() as connection, connection.begin() as turned_back:
        for task, (kind, step, reason, _) in rows.items():
            connection.execute(
                text(
                    "insert into task (id, tenant, lender, kind, role, step, state, reason, priority, opened_at) "
                    "values (:id, :tenant, :lender, :kind, 'caller', :step, 'done', :reason, 3, now())"
                ),
                {
                    "id": task,
                    "tenant": house.tenant,
                    "lender": house.lender,
                    "kind": kind,
                    "step": step,
                    "reason": reason,
                },
            )
        connection.execution_options(no_parameters=True).exec_driver_sql(changes())
        found = connection.execute(text("select id, reason, reason_values from task")).all()
        turned_back.rollback()
    told = {row.id: (row.reason, row.reason_values) for row in found if row.id in rows}
    assert {task: code for task, (code, _) in told.items()} == {task: each[3] for task, each in rows.items()}
    for code, values in told.values():
        assert set(values) == VALUES.get(code, frozenset()), code
    by_code = dict(told.values())
    assert by_code["step"] == {"step": "week-call", "title": "After a week, somebody calls"}
    assert by_code["reply_understood"] == {"reading": "wrong_person"}
    assert by_code["number_code"] == {"code": "30005", "channel": "sms", "provider": "twilio"}
