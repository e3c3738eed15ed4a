"""A schedule of interest fills itself from an account's terms, by the statement's own figures to the cent."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from forbear.documents.wording import word_letter
from forbear.errors import BadInput
from forbear.ledger import terms
from forbear.ledger.asked_papers import Asked, paper_for
from forbear.ledger.schedule_fields import grown_fields
from forbear.ledger.statements import statement_of
from forbear.ledger.tables.accounts import Account
from forbear.money.statements import Statement
from tests.conftest import Hands
from tests.ledger.drawn_loans import lend, live
from tests.ledger.house import A_DAY, House
from tests.ledger.postal import OFFICE, home, is_called, lender_chooses, lives_at
from tests.oracle.examples import PROVE

KIND = "cn.schedule.interest"
AGREED = {"since": "2026-01-01", "day_count": "ACT/365", "interest": {"rate": "0.10"}}
TOLD = {
    "schedule_no": "S-1",
    "contract_name": "示例合同",
    "contract_no": "SL-1",
    "contract_day": date(2025, 1, 1),
    "borrower": "Jordan Example",
}
LOANS = 120 if PROVE else 24


@pytest.fixture
def account(house: House) -> str:
    """36,500 at ten per cent since Monday, 2 March."""
    person, account = house.borrower(amount="36500.00")
    is_called(house, person, "Jordan Example")
    lives_at(house, person, home("12 Sample Street"))
    lender_chooses(house, {"post": {"address": OFFICE}})
    return account


def agree(house: House, account: str, **members: Any) -> None:
    with house.api() as session:
        terms.tell(session, session.get_one(Account, account), {**AGREED, **members}, house.now)


def filled(house: House, account: str, day: date | None = None) -> tuple[Mapping[str, Any], Statement]:
    with house.worker() as session:
        found = grown_fields(session, session.get_one(Account, account), KIND, house.now, day)
        return found, statement_of(session, account, day, house.now)


def printed(house: House, account: str, day: date | None = None, **fields: Any) -> str:
    asked = Asked(account, KIND, frozenset({"borrower"}), language="zh-Hans", day=day, fields={**TOLD, **fields})
    with house.worker() as session:
        return word_letter(paper_for(house.ledger, session, asked)).html


def test_a_schedule_of_an_account_with_terms_needs_no_stretch_typed(house: House, hands: Hands, account: str) -> None:
    agree(house, account)
    hands.advance(3 * A_DAY)
    house.pay(account, "1000.00")
    hands.advance(2 * A_DAY)
    found, statement = filled(house, account)
    [first, second] = found["segments"]
    assert (first["start"], first["end"], first["days"], first["result"]) == (
        date(2026, 3, 2), date(2026, 3, 5), 3, "30.00",
    )  # fmt: skip
    assert (second["base"], second["rate"], second["day_count"], found["capped"]) == (
        "35530.00",
        "10",
        "ACT/365",
        False,
    )
    assert found["interest_in_all"] == str(Decimal("30.00") + Decimal(second["result"]))
    assert statement.total == Decimal("35530.00") + Decimal(second["result"])
    page = printed(house, account)
    assert all(f">{words}" in page or words in page for words in ("35,530.00", "10%", "30.00", found["per_diem_exact"]))
    assert filled(house, account, date(2026, 3, 4))[0]["interest_in_all"] == "20.00"
    assert "10.00" in printed(house, account, date(2026, 3, 3))


def test_what_is_reckoned_is_not_typed_and_without_terms_it_must_be(house: House, hands: Hands, account: str) -> None:
    assert filled(house, account)[0] == {}
    typed = {"start": date(2026, 3, 2), "end": date(2026, 3, 3), "days": 1, "kind": "interest", "base": "36500.00"}
    whole: dict[str, Any] = {
        "segments": [{**typed, "rate": "10", "day_count": "ACT/365", "result": "10.00"}],
        "interest_in_all": "10.00", "per_diem": "10.00", "per_diem_exact": "10.0000", "capped": False,
        "reckoned_to": date(2026, 3, 3),
    }  # fmt: skip
    assert "36,500.00" in printed(house, account, **whole)
    agree(house, account)
    hands.advance(A_DAY)
    with pytest.raises(BadInput, match="is reckoned from the terms of the account"):
        printed(house, account, **whole)


def test_what_a_cap_takes_is_given_up_by_name(house: House, hands: Hands, account: str) -> None:
    agree(house, account, penalty={"rate": "0.30", "since": "2026-03-02"}, cap={"rate": "0.24"})
    hands.advance(10 * A_DAY)
    found, statement = filled(house, account)
    assert (found["capped"], found["interest_in_all"], found["claimed"], found["given_up"]) == (
        True, "300.00", "240.00", "60.00",
    )  # fmt: skip
    assert any(f"Waived for a cap: {found['given_up']}" in note for note in statement.notes)
    assert statement.total == Decimal("36740.00")
    assert found["cap_reason"] in printed(house, account)


def cents(amount: Decimal) -> int:
    return int(amount * 100)


@pytest.mark.counted
def test_drawn_schedules_show_what_their_statements_show(house: House, hands: Hands) -> None:
    draw, schedules = Random(20260604), 0
    with house.api() as session:
        loans = [lend(house, session, number, Random(draw.random())) for number in range(LOANS)]
    for _ in range(5):
        hands.advance(timedelta(hours=23, minutes=30))
        with house.api() as session:
            for loan in loans:
                live(house, session, loan)
    hands.advance(timedelta(hours=30))
    for loan in loans:
        found, statement = filled(house, loan.id)
        if not found:
            continue
        schedules += 1
        if found["capped"]:
            assert any(f"Waived for a cap: {found['given_up']}" in note for note in statement.notes)
            continue
        shown, told = Counter[tuple[Any, str]](), Counter[tuple[Any, str]]()
        for line in statement.lines:
            for component, amount in line.changed.items() if line.row else ():
                shown[line.day, component] += cents(amount)
        for each in found["segments"]:
            told[each["end"], each["kind"]] += cents(Decimal(each["result"]))
        assert told.items() <= shown.items()
        assert cents(Decimal(found["interest_in_all"])) == told.total()
    assert schedules > LOANS // 3
