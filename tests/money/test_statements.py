"""Statements: the same figures as text, JSON and CSV, whose lines add up to their foot, from entries and from a claim."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.money.components import COMPONENTS
from forbear.money.statement_texts import COLUMNS, as_csv, as_text
from forbear.money.statements import Booked, Statement, as_json, of_balance, of_entries
from tests.money.accounts import reckoned
from tests.oracle.examples import counts
from tests.oracle.money_draws import account

pytestmark = pytest.mark.timeout(600)

MARCH = date(2026, 3, 2)
ENTRIES = [
    Booked(MARCH, "opening", "o", "principal", Decimal("1000.00")),
    Booked(MARCH, "opening", "o", "interest", Decimal("20.00")),
    Booked(date(2026, 3, 9), "payment", "pay_1", "interest", Decimal("-20.00")),
    Booked(date(2026, 3, 9), "payment", "pay_1", "principal", Decimal("-80.00")),
    Booked(date(2026, 3, 12), "reversal", "pay_2", "interest", Decimal("20.00")),
    Booked(date(2026, 3, 12), "reversal", "pay_2", "principal", Decimal("80.00")),
]
TEXT = """\
Statement of account acc_1
As of the end of 2026-03-10 (America/Chicago days), in USD

Day         What                                                   Amount  Balance
2026-03-02  Balance brought in: principal 1000.00, interest 20.00  1020.00  1020.00
2026-03-09  Payment received: principal -80.00, interest -20.00    -100.00   920.00

Owed
  principal  920.00
  total      920.00
"""


def found(day: int = 10) -> Statement:
    return of_entries("acc_1", "USD", ENTRIES, date(2026, 3, day), "America/Chicago")


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_statement_as_text() -> None:
    assert as_text(found()).split() == TEXT.split()
    lines = as_text(found()).splitlines()[3:6]
    assert len({len(line) for line in lines}) == 1


def test_before_anything_was_booked_nothing_is_owed() -> None:
    early = found(1)
    assert "Nothing was booked until then." in as_text(early)
    assert early.total == 0


def test_entries_of_one_payment_are_one_line_in_the_order_of_their_days() -> None:
    told = as_json(of_entries("acc_1", "USD", reversed(ENTRIES), date(2026, 3, 31)))
    assert [(line["kind"], line["amount"], line["balance"]) for line in told["lines"]] == [
        ("opening", "1020.00", "1020.00"),
        ("payment", "-100.00", "920.00"),
        ("reversal", "100.00", "1020.00"),
    ]
    assert told["owed"]["principal"] == "1000.00"


def test_a_currency_without_cents_has_none() -> None:
    entries = [Booked(MARCH, "opening", "o", "principal", Decimal(5000))]
    assert as_json(of_entries("acc_1", "JPY", entries, MARCH))["total"] == "5000"


def test_a_cell_that_would_be_a_formula_is_none() -> None:
    entries = [Booked(MARCH, "opening", "=1+1", "principal", Decimal(5))]
    assert read(as_csv(of_entries("acc_1", "USD", entries, MARCH)))[0]["reference"] == "'=1+1"


def test_lines_that_do_not_make_the_foot_are_no_statement() -> None:
    whole = found()
    with pytest.raises(ValueError, match="do not add up"):
        replace(whole, lines=whole.lines[1:])


@pytest.mark.counted
@counts(60, 2_000)
@given(st.integers(min_value=0, max_value=2**63))
def test_all_three_forms_of_a_claim_show_its_figures(seed: int) -> None:
    claim = reckoned(account(Random(seed)))
    statement = of_balance("acc_1", "CNY", claim)
    told, rows = as_json(statement), read(as_csv(statement))
    assert json.loads(json.dumps(told)) == told
    foot = rows.pop()
    assert foot["amount"] == told["total"] == str(claim.total)
    assert {part: foot[part] for part in COMPONENTS} == told["owed"]
    assert tuple(foot) == COLUMNS
    for part in COMPONENTS:
        assert sum((Decimal(row[part] or 0) for row in rows), Decimal(0)) == claim.owed[part]
    assert [row["balance"] for row in rows] == [line["balance"] for line in told["lines"]]
    assert not rows or rows[-1]["balance"] == told["total"]
    interest = sum((Decimal(row["amount"]) for row in rows if row["kind"] == "interest"), Decimal(0))
    assert interest == sum((row.interest for row in claim.rows), Decimal(0))
    text = as_text(statement)
    assert text.splitlines()[-1].split() == ["total", told["total"]]
    assert all(line["amount"] in text for line in told["lines"])
