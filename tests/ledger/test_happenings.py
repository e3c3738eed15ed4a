"""Events and circumstances in a life: an account's own, in the order in which they happened, each known once."""

from datetime import datetime

from sqlalchemy import update

from forbear.cadence.life import Happened, Life
from forbear.contracts.words import EventKind
from forbear.ledger.happenings import ToldEvent, tell_event
from forbear.ledger.lives import load_life
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import Profile
from tests.ledger.house import A_DAY, AN_HOUR, House


def tell(house: House, account: str, kind: EventKind, at: datetime) -> ToldEvent:
    with house.api() as session:
        return tell_event(session, session.get_one(Account, account), kind, at=at, now=house.now)


def life_of(house: House, account: str, *, alone: bool = False) -> Life:
    with house.worker() as session:
        life = load_life(session, account, now=house.now, alone=alone)
    assert life is not None
    return life


def test_events_are_of_their_account_and_in_order(house: House) -> None:
    person, first = house.borrower()
    second = house.account(person)
    told: tuple[tuple[EventKind, datetime], ...] = (
        ("verification_sent", house.now - AN_HOUR),
        ("validation_notice_sent", house.now - A_DAY),
    )
    for kind, at in told:
        assert tell(house, first, kind, at).new
    ordered = tuple(Happened(kind, at) for kind, at in reversed(told))
    assert life_of(house, first).events == life_of(house, first, alone=True).events == ordered
    assert life_of(house, second).events == ()
    assert (house.told(first).count("event_told"), house.told(second)) == (2, [])


def test_the_same_told_again_wakes_nobody(house: House) -> None:
    _, account = house.borrower()
    first = tell(house, account, "medical_notice_sent", house.now)
    again = tell(house, account, "medical_notice_sent", house.now)
    assert (first.new, again.new) == (True, False)
    assert house.told(account).count("event_told") == 1
    assert tell(house, account, "medical_notice_sent", house.now - A_DAY).new


def test_circumstances_of_a_debt_are_of_one_account(house: House) -> None:
    person, barred = house.borrower(circumstances=["time_barred"])
    other = house.account(person)
    assert (life_of(house, barred).circumstances, life_of(house, other).circumstances) == (("time_barred",), ())


def test_another_lenders_word_of_a_person_is_not_ours(house: House) -> None:
    person, ours = house.borrower()
    other = house.add_lender()
    house.phone(person, "+13125550171", lender=other)
    theirs = house.account(person, lender=other)
    with house.api(other) as session:
        session.execute(update(Profile).values(circumstances=["employer_forbids"]))
    assert life_of(house, ours).borrower.circumstances == ()
    assert life_of(house, theirs).borrower.circumstances == ("employer_forbids",)
