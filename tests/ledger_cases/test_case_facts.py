"""Facts of a case: checked, sealed, taken back; what money they tell of is booked once, and recourse follows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from forbear.errors import BadInput, Conflict, Forbidden, NotFound
from forbear.ledger.cases import facts, loading, money, opening, rows
from forbear.ledger.engine import make_engine
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account, LegalCase, Payment
from forbear.ledger.tables.cases import CaseFact
from forbear.ledger.tables.staff import StaffAct
from tests.ledger.house import PACKS
from tests.ledger_cases.court_house import DAY, CourtHouse


def owed(house: CourtHouse, account: str) -> Decimal:
    with house.worker() as session:
        return owed_on(session, session.get_one(Account, account), house.now).total


def test_what_people_alone_read_is_sealed_and_rules_read_the_rest(house: CourtHouse) -> None:
    case = house.case()
    fact = house.tell(case, "judged", result="granted", amount="90.00", judge="Example Judge", case_no="(2026) 1")
    row = house.row(CaseFact, fact.id)
    assert row.details == {"result": "granted", "amount": "90.00"}
    assert row.told is not None
    assert b"Example Judge" not in row.told
    with house.staff() as session:
        assert facts.read_told(house.ledger, session, row) == {"judge": "Example Judge", "case_no": "(2026) 1"}
    assert house.told_case(case) == ["case_opened", "case_fact_told"]
    assert [act.kind for act in house.rows(StaffAct, subject=fact.id)] == ["case_fact_told"]
    assert house.row(LegalCase, case).version > 0


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("nonsense", {}, "kind"),
        ("closed_by_staff", {"outcome": "sold", "reason": "x"}, "kind"),
        ("judged", {}, "result"),
        ("judged", {"result": "won"}, "result"),
        ("booked_back", {}, "amount"),
        ("served", {}, "person"),
        ("judged", {"result": "granted", "colour": "red"}, "colour"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(house: CourtHouse, kind: str, values: dict[str, Any], field: str) -> None:
    case = house.case()
    with pytest.raises(BadInput) as refused:
        house.tell(case, kind, **values)
    assert refused.value.field == field
    assert house.rows(CaseFact, legal_case=case) == []


def test_a_fact_of_tomorrow_and_of_a_stranger_are_refused(house: CourtHouse) -> None:
    case, other = house.case(), house.case()
    with pytest.raises(BadInput, match="future"):
        house.tell(case, "filed", on=DAY + timedelta(days=2))
    stranger = house.party(other)
    with pytest.raises(NotFound):
        house.tell(case, "served", person=stranger)


def test_a_year_from_which_nothing_can_be_counted_is_refused(house: CourtHouse) -> None:
    case = house.case()
    with pytest.raises(BadInput, match="on"):
        house.tell(case, "filed", on=DAY.replace(year=202))
    with pytest.raises(BadInput, match="perform_by"):
        house.tell(case, "judgment_final", perform_by="9999-12-31")


def test_a_fact_taken_back_is_as_if_it_had_not_been_told(house: CourtHouse) -> None:
    case = house.case()
    fact = house.tell(case, "filed")
    with house.staff() as session:
        facts.take_back(session, fact.id, staff=house.legal, now=house.now)
    with house.worker() as session:
        assert rows.facts(session, case) == ()
        life = loading.load_case(session, case, house.now, PACKS)
        assert life is not None
        assert life.facts == ()
    with house.staff() as session, pytest.raises(Conflict):
        facts.take_back(session, fact.id, staff=house.legal, now=house.now)


def test_a_fact_is_never_changed(house: CourtHouse) -> None:
    house.tell(house.case(), "filed")
    with house.staff() as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("update case_fact set kind = 'served'"))
    with make_engine(house.migrator).connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("update case_fact set kind = 'served'"))


def test_money_of_the_judgment_is_booked_once_and_comes_off_again_with_the_fact(house: CourtHouse) -> None:
    case = house.case()
    account = house.row(LegalCase, case).account
    fact = house.tell(case, "booked_back", amount="30.00")
    assert owed(house, account) == Decimal(100)
    house.decide_case(case)
    house.decide_case(case)
    assert owed(house, account) == Decimal(70)
    assert [(row.source, row.external_id) for row in house.rows(Payment, account=account)] == [("court", fact.id)]
    with house.staff() as session:
        facts.take_back(session, fact.id, staff=house.legal, now=house.now)
    house.decide_case(case)
    house.decide_case(case)
    assert owed(house, account) == Decimal(100)
    assert len(house.rows(Payment, account=account)) == 2


def test_payment_on_behalf_is_the_guarantors_and_opens_his_recourse(house: CourtHouse) -> None:
    case = house.case()
    account = house.row(LegalCase, case).account
    guarantor = house.party(case)
    house.tell(case, "paid_on_behalf", person=guarantor, amount="60.00")
    house.decide_case(case)
    house.decide_case(case)
    assert owed(house, account) == Decimal(40)
    (recourse,) = house.rows(LegalCase, account=account, kind="recourse")
    assert (recourse.creditor, recourse.arose_from, recourse.path) == (guarantor, case, "CN")
    assert house.told_case(recourse.id)[0] == "case_opened"
    house.tell(recourse.id, "booked_back", amount="25.00")
    house.decide_case(recourse.id)
    assert owed(house, account) == Decimal(40), "what the guarantor gets back is no payment on the account"
    with house.worker() as session:
        assert money.recourse_owed(session, session.get_one(LegalCase, recourse.id)) == Decimal(35)
        life = loading.load_case(session, recourse.id, house.now, PACKS)
        assert life is not None
        assert (life.balance, life.creditor) == (Decimal(35), guarantor)
        main = loading.load_case(session, case, house.now, PACKS)
        assert main is not None
        assert main.paid_on == (), "a guarantor's payment is no acknowledgement of the debtor's"


def test_a_debtors_payment_and_stops_are_in_the_life(house: CourtHouse) -> None:
    case = house.case()
    row = house.row(LegalCase, case)
    house.pay(row.account, "10.00")
    borrower = house.row(Account, row.account).borrower
    house.stop(borrower, "dispute", account=row.account)
    with house.worker() as session:
        life = loading.load_case(session, case, house.now, PACKS)
    assert life is not None
    assert life.paid_on == (life.last_paid,) == (DAY + timedelta(days=1),), "by Beijing's clock it is tomorrow"
    assert [stop.kind for stop in life.stops] == ["dispute"]
    assert life.balance == Decimal(90)
    assert life.zone == "Asia/Shanghai"
    assert {calendar.name for calendar in life.calendars} == {"CN"}


def test_a_closed_case_takes_no_more_facts_but_money(house: CourtHouse) -> None:
    case = house.case()
    with house.staff() as session:
        opening.close_by_staff(house.ledger, session, case, "sold", "for a test", staff=house.legal, now=house.now)
    with pytest.raises(Conflict, match="closed"):
        house.tell(case, "filed")
    house.tell(case, "booked_back", amount="5.00")
    house.decide_case(case)
    assert owed(house, house.row(LegalCase, case).account) == Decimal(95)


def test_only_legal_staff_close_and_take_up(house: CourtHouse) -> None:
    caller = house.hire("caller")
    case = house.case(kind="review")
    with house.staff() as session, pytest.raises(Forbidden):
        opening.take_up(session, case, "CN", staff=caller, now=house.now)
    with house.staff() as session, pytest.raises(Forbidden):
        opening.close_by_staff(house.ledger, session, case, "sold", "for a test", staff=caller, now=house.now)
    with house.staff() as session, pytest.raises(BadInput):
        opening.take_up(session, case, "MARS", staff=house.legal, now=house.now)
